/** Errors BF1500 to BF1599: object storage. */
import { defineError } from './error.ts';

export const storageUnreachable = defineError<{ endpoint: string; detail: string }>({
  code: 'BF1501',
  title: 'Object storage does not answer',
  message: (f) => `the object storage at ${f.endpoint} does not answer: ${f.detail}`,
  cause:
    'The endpoint is down, or a proxy or firewall is between. With `endpoint: local`, the embedded cloud is not running.',
  next: () =>
    'For the embedded cloud run `bootfleet local status`, then `bootfleet local start`, and run the command again: it goes on from where it stopped.',
  example: { endpoint: 'http://127.0.0.1:40002', detail: 'connect ECONNREFUSED 127.0.0.1:40002' },
});

export const storageRefused = defineError<{
  endpoint: string;
  bucket: string;
  action: string;
  detail: string;
}>({
  code: 'BF1502',
  title: 'Object storage refused a request',
  message: (f) =>
    `the object storage at ${f.endpoint} refused ${f.action} in bucket ${f.bucket}: ${f.detail}`,
  cause:
    'The keys are wrong or lack the permission, the bucket belongs to someone else, or a quota is used up.',
  next: () =>
    'Check SCW_ACCESS_KEY and SCW_SECRET_KEY and that they may write to Object Storage (ObjectStorageFullAccess).',
  example: {
    endpoint: 'https://s3.fr-par.scw.cloud',
    bucket: 'bootfleet-demo-1a2b3c4d',
    action: 'creating the bucket',
    detail: 'AccessDenied (403)',
  },
});

export const uploadDiffers = defineError<{ key: string; expected: string; found: string }>({
  code: 'BF1503',
  title: 'An uploaded object is not what was sent',
  message: (f) => `after its upload, object ${f.key} should be ${f.expected} but is ${f.found}`,
  cause: 'Something else writes to the bucket at the same time, or the storage lost data.',
  next: (f) =>
    `The object ${f.key} was removed. Run the command again; if it comes back, look at the storage itself.`,
  example: { key: 'images/edge/9f8e.img', expected: '167772160 bytes', found: '1048576 bytes' },
});

export const objectNotReadable = defineError<{ url: string; status: number }>({
  code: 'BF1504',
  title: 'An object cannot be read without a key',
  message: (f) => `${f.url} answers ${f.status} to a reader without credentials; machines in iPXE have none`,
  cause: 'The account forbids public objects, or the bucket has a policy of its own.',
  next: () =>
    'Allow public reading of single objects (not listing) in this bucket, then run the command again.',
  example: {
    url: 'https://s3.fr-par.scw.cloud/bootfleet-demo-1a2b3c4d/boot/0123456789abcdef.ipxe',
    status: 403,
  },
});

export const fileChangedDuringUpload = defineError<{ file: string; expected: string; found: string }>({
  code: 'BF1505',
  title: 'A file changed while it was uploaded',
  message: (f) => `${f.file} changed while it was uploaded: SHA-256 was ${f.expected}, now ${f.found}`,
  cause: 'A build wrote to the file during `pulumi up`.',
  next: () =>
    'Wait for the build to end, then run `pulumi preview` and `pulumi up` again. Nothing of the upload is visible.',
  example: { file: 'images/edge.img', expected: '9f8e7d6c', found: '0a1b2c3d' },
});

export const storageStaysBusy = defineError<{
  endpoint: string;
  bucket: string;
  action: string;
  detail: string;
  tries: number;
  seconds: number;
}>({
  code: 'BF1506',
  title: 'Object storage goes on failing',
  message: (f) =>
    `the object storage at ${f.endpoint} failed ${f.action} in bucket ${f.bucket} ${f.tries} times in ${f.seconds} s: ${f.detail}`,
  cause:
    'It is overloaded, has a fault of its own, or still works on the same bucket, as for a while after it was deleted.',
  next: () =>
    'Run the command again in some minutes: it goes on with what the store has. If it comes back, look at the status page of the storage.',
  example: {
    endpoint: 'https://s3.fr-par.scw.cloud',
    bucket: 'bootfleet-demo-1a2b3c4d',
    action: 'creating the bucket',
    detail: 'OperationAborted (409) A conflicting operation is in progress',
    tries: 9,
    seconds: 19,
  },
});

export const bootObjectMissing = defineError<{ machine: string; url: string; status: number }>({
  code: 'BF1516',
  title: 'What a machine is to boot is not in object storage',
  message: (f) =>
    `${f.machine}: ${f.url} answers ${f.status} to a reader without credentials; the machine was left alone`,
  cause:
    'The script, the image or another object that goes with it was deleted, or is no longer readable by everyone. A `pulumi up` with `--target` publishes nothing again but its targets.',
  next: () => 'Run `pulumi refresh` and `pulumi up`: missing objects are published again',
  example: {
    machine: 'edge-1',
    url: 'http://169.254.42.2:40002/bootfleet-demo-1a2b3c4d/boot/0123456789abcdef.ipxe',
    status: 404,
  },
});
