import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findStorageProgram } from '../../../localcloud/storage/program.ts';
import { startStorage, type Storage, type StorageOptions } from '../../../localcloud/storage/supervisor.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { processesNaming } from '../machines/lab.ts';

const bucket = 'bootfleet-demo-01234567';
const secretKey = '7d1b2c0e-9a67-4a1e-8f0e-5a3a1c0b2d4f';
let folder: string;
let options: StorageOptions;
let storage: Storage;
let client: S3Client;
const log: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bf-s3-'));
  options = {
    program: findStorageProgram(),
    folder: join(folder, 'storage'),
    accessKey: 'SCWAAAAAAAAAAAAAAAAA',
    secretKey,
    region: 'fr-par',
    log: (line) => log.push(line),
  };
  storage = await startStorage(options);
  client = clientOf(storage);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: readableByKey(bucket) }));
});
afterAll(async () => {
  client.destroy();
  await storage.stop();
  expect(await processesNaming(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

test('whoever knows a key reads it, in ranges too; nobody else lists, writes or deletes', async () => {
  await put('boot/0123456789abcdef.ipxe', '#!ipxe\n');
  expect(await anonymous('boot/0123456789abcdef.ipxe')).toEqual([200, '#!ipxe\n']);
  expect(await anonymous('boot/0123456789abcdef.ipxe', { headers: { range: 'bytes=2-5' } })).toEqual([
    206,
    'ipxe',
  ]);
  expect((await anonymous('boot/none'))[0]).toBe(404);
  for (const [path, method] of [
    ['?list-type=2', 'GET'],
    ['?uploads', 'GET'],
    ['?policy', 'GET'],
    ['x', 'PUT'],
    ['boot/0123456789abcdef.ipxe', 'DELETE'],
  ] as const)
    expect([path, (await anonymous(path, { method }))[0]]).toEqual([path, 403]);
  expect((await fetch(storage.endpoint)).status).toBe(403);
});

test('the key pair is in no argument list', async () => {
  const commandLine = await readFile(`/proc/${storage.pid ?? 0}/cmdline`, 'utf8');
  expect(commandLine).toContain('versitygw');
  expect(commandLine).not.toContain(secretKey);
  expect(commandLine).not.toContain('SCWAAAA');
});

test('multipart: nothing is visible until it is completed', async () => {
  const key = 'images/edge/multi.img';
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
  const part = Buffer.alloc(5 * 1024 * 1024, 'a');
  const upload = { Bucket: bucket, Key: key, UploadId };
  const one = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: part }));
  expect(await visible(key)).toBe(false);
  const two = await client.send(new UploadPartCommand({ ...upload, PartNumber: 2, Body: 'end' }));
  const Parts = [
    { PartNumber: 1, ETag: one.ETag },
    { PartNumber: 2, ETag: two.ETag },
  ];
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  expect((await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ContentLength).toBe(
    part.length + 3,
  );
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
});

test('an upload killed half-way leaves nothing visible', async () => {
  const body = Buffer.alloc(1 << 20, 'x');
  // The same request sent whole is accepted, so what is missing below is missing because it was cut off.
  expect(await rawPut('images/edge/whole.img', body, body.length)).toBe(200);
  expect(await visible('images/edge/whole.img')).toBe(true);
  expect(await rawPut('images/edge/half.img', body, body.length / 2)).toBe('cut off');
  expect(await visible('images/edge/half.img')).toBe(false);
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'images/edge/whole.img' }));
  expect((await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'images/' }))).KeyCount).toBe(
    0,
  );
});

test.skipIf(!process.env['BOOTFLEET_LARGE'])('an object of more than 2 GB (BOOTFLEET_LARGE=1)', async () => {
  const file = join(folder, 'large');
  const handle = await open(file, 'w');
  const size = 2 ** 31 + 4096;
  await handle.truncate(size);
  await handle.write('the end', size - 7);
  await handle.close();
  const target = { Bucket: bucket, Key: 'large', Body: createReadStream(file) };
  await new Upload({ client, params: target, partSize: 16 << 20, queueSize: 4 }).done();
  expect((await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'large' }))).ContentLength).toBe(
    size,
  );
  expect(await anonymous('large', { headers: { range: `bytes=${size - 7}-` } })).toEqual([206, 'the end']);
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'large' }));
});

test('a gateway that dies is started again on the same port, with its objects', async () => {
  await put('kept', 'still here');
  const [before, port] = [storage.pid ?? 0, storage.port];
  process.kill(before, 'SIGKILL');
  const again = await poll({
    probe: () =>
      Promise.resolve(storage.status === 'running' && storage.pid !== before ? storage.pid : undefined),
    deadline: Deadline.after(10),
    every: 0.02,
    onTimeout: () => new Error(`not started again: ${log.join('\n')}`),
  });
  expect(again).not.toBe(before);
  expect(storage.port).toBe(port);
  expect(await anonymous('kept')).toEqual([200, 'still here']);
  expect(log.join('\n')).toMatch(/SIGKILL; started again in 0.1 s/);
});

test('after the daemon was killed the next one ends the old gateway and takes its port', async () => {
  await put('kept', 'still here');
  // The record is all that the next daemon has; the one before is simulated by a second supervisor on the folder.
  const old = storage.pid ?? 0;
  const next = await startStorage(options);
  expect(next.port).toBe(storage.port);
  expect(next.pid).not.toBe(old);
  // The first supervisor sees its process end; it must not fight for the port.
  await storage.stop();
  storage = next;
  expect(await anonymous('kept')).toEqual([200, 'still here']);
});

test('a program that always ends is given up, with its own words', async () => {
  const broken = { ...options, folder: join(folder, 'broken'), program: '/bin/false' };
  await expect(startStorage(broken)).rejects.toThrow(/BF1841.*ended with status 1/);
});

test('a taken port is said, also when another gateway answers on it', async () => {
  const second = { ...options, folder: join(folder, 'second'), port: storage.port };
  await expect(startStorage(second)).rejects.toThrow(/BF1841.*address already in use/s);
});

function clientOf({ endpoint }: Storage): S3Client {
  return new S3Client({
    endpoint,
    region: 'fr-par',
    forcePathStyle: true,
    credentials: { accessKeyId: options.accessKey, secretAccessKey: secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}

/** The policy of docs/localcloud-storage.md. */
function readableByKey(name: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${name}/*`] },
    ],
  });
}

async function put(key: string, body: string): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

/**
 * Sends a signed PUT by hand, but only the first `sent` bytes of its body, and hangs up. The status when the server
 * answered before that.
 */
async function rawPut(key: string, body: Buffer, sent: number): Promise<number | 'cut off'> {
  const head = await signedHead(key, body);
  const socket = connect(storage.port, '127.0.0.1');
  let answer = '';
  const closed = once(socket, 'close');
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
      if (/^HTTP\/1.1 [2-5]/m.test(answer)) resolve();
    });
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(head);
  await new Promise((resolve) => socket.write(body.subarray(0, sent), resolve));
  if (sent === body.length) await answered;
  socket.resetAndDestroy();
  await closed;
  const status = /^HTTP\/1.1 ([2-5]\d\d)/m.exec(answer)?.[1];
  return status === undefined ? 'cut off' : Number(status);
}

/** The request line and headers that the SDK would send. */
async function signedHead(key: string, body: Buffer): Promise<string> {
  const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body });
  let head = '';
  command.middlewareStack.add(
    () => (args) => {
      const request = args.request as { method: string; path: string; headers: Record<string, string> };
      const headers = Object.entries(request.headers)
        .filter(([name]) => name !== 'expect')
        .map(([name, value]) => `${name}: ${value}\r\n`);
      head = `${request.method} ${request.path}?x-id=PutObject HTTP/1.1\r\n${headers.join('')}\r\n`;
      return Promise.reject(new Error('captured'));
    },
    { step: 'deserialize', priority: 'low' },
  );
  await expect(client.send(command)).rejects.toThrow('captured');
  return head;
}

async function visible(key: string): Promise<boolean> {
  return (await anonymous(key))[0] === 200;
}

async function anonymous(path: string, init?: RequestInit): Promise<[number, string]> {
  const answer = await fetch(`${storage.endpoint}/${bucket}/${path}`.replace('/?', '?'), init);
  return [answer.status, await answer.text()];
}
