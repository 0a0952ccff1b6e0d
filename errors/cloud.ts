/** Errors BF1400 to BF1499: the cloud's API. */
import { defineError } from './error.ts';

export const localCloudNotRunning = defineError<{ file: string; found: string }>({
  code: 'BF1400',
  title: 'The embedded cloud is not running',
  message: (f) => `the embedded cloud is not running (${f.found}: ${f.file})`,
  cause: 'It was never started, it was stopped, or it runs with another BOOTFLEET_HOME.',
  next: () => 'Start it: bootfleet local start',
  example: { file: '~/.local/share/bootfleet/localcloud/endpoints.json', found: 'no endpoints file' },
});

export const endpointsFileBad = defineError<{ file: string; problem: string }>({
  code: 'BF1401',
  title: "The embedded cloud's endpoints file cannot be used",
  message: (f) => `${f.file}: ${f.problem}`,
  cause: 'The file was edited, copied with wider permissions, or written by another version.',
  next: () => 'Let the embedded cloud write it again: bootfleet local stop, then bootfleet local start',
  example: { file: 'endpoints.json', problem: 'others may read it (mode 0644), and it holds keys' },
});

export const credentialsMissing = defineError<{ variables: string; zone: string }>({
  code: 'BF1402',
  title: 'No credentials for the cloud',
  message: (f) => `no credentials for Scaleway ${f.zone}: ${f.variables} not set`,
  cause: 'The real cloud is meant, because the fleet file does not say `endpoint: local`.',
  next: (f) => `Set ${f.variables}, or add \`endpoint: local\` to the fleet file's cloud`,
  example: { variables: 'SCW_SECRET_KEY', zone: 'fr-par-1' },
});

export const endpointDown = defineError<{ endpoint: string; reason: string; attempts: number }>({
  code: 'BF1403',
  title: "The cloud's endpoint does not answer",
  message: (f) => `${f.endpoint} does not answer (${f.reason}; asked ${f.attempts} times)`,
  cause: 'The embedded cloud was stopped, the network is down, or the endpoint in the fleet file is wrong.',
  next: () => 'Check `bootfleet local status`, or the endpoint in the fleet file, and run the command again',
  example: { endpoint: 'http://127.0.0.1:40001', reason: 'ECONNREFUSED', attempts: 5 },
});

export const tokenRefused = defineError<{ endpoint: string; message: string }>({
  code: 'BF1404',
  title: 'The cloud refused the token',
  message: (f) => `${f.endpoint} refused the secret key: ${f.message}`,
  cause: 'SCW_SECRET_KEY is wrong, expired, deleted, or belongs to another endpoint.',
  next: () => 'Set SCW_SECRET_KEY to a valid key of this cloud, and run the command again',
  example: { endpoint: 'https://api.scaleway.com', message: 'authentication is denied' },
});

export const permissionDenied = defineError<{ request: string; message: string }>({
  code: 'BF1405',
  title: 'The token may not do this',
  message: (f) => `${f.request}: ${f.message}`,
  cause: 'The key is valid, but its policy lacks the permission, or the resource is in another project.',
  next: () =>
    'Give the key InstancesFullAccess, BlockStorageFullAccess and ObjectStorageFullAccess in the project',
  example: { request: 'POST /instance/v1/zones/fr-par-1/servers', message: 'insufficient permissions' },
});

export const resourceNotFound = defineError<{ request: string; resource: string; id: string }>({
  code: 'BF1406',
  title: 'The cloud has no such resource',
  message: (f) => `the cloud has no ${f.resource} ${f.id} (${f.request})`,
  cause: 'It was deleted outside of bootfleet, or it is in another zone.',
  next: () => 'Let Pulumi look again: pulumi refresh, then pulumi up',
  example: { request: 'GET /instance/v1/zones/fr-par-1/servers/…', resource: 'server', id: 'c136f267' },
});

export const requestRefused = defineError<{ request: string; status: number; message: string }>({
  code: 'BF1407',
  title: 'The cloud refused the request',
  message: (f) => `${f.request} was refused with status ${f.status}: ${f.message}`,
  cause:
    'An argument is not allowed, a quota is used up, or the resource is in a state that does not allow it.',
  next: () => 'Correct what the message names; the state of the resource is shown by `bootfleet status`',
  example: {
    request: 'PATCH /instance/v1/zones/fr-par-1/servers/c136f267',
    status: 400,
    message: 'invalid argument(s): boot_type is not valid (constraint)',
  },
});

export const cloudFailing = defineError<{
  request: string;
  status: number;
  attempts: number;
  message: string;
}>({
  code: 'BF1408',
  title: 'The cloud keeps failing',
  message: (f) =>
    `${f.request} failed ${f.attempts} times, the last time with status ${f.status}${f.message ? `: ${f.message}` : ''}`,
  cause: 'The cloud has an incident (5xx) or limits the rate of requests (429).',
  next: () => 'Look at the status page of the cloud, and run the command again: it goes on where it stopped',
  example: { request: 'GET /instance/v1/zones/fr-par-1/servers', status: 503, attempts: 5, message: '' },
});

export const powerTimeout = defineError<{ machine: string; wanted: string; seen: string; seconds: number }>({
  code: 'BF1409',
  title: 'A machine did not change its power state in time',
  message: (f) => `${f.machine} is not ${f.wanted} after ${f.seconds} s: the cloud says ${f.seen}`,
  cause: 'The cloud is slow or out of capacity for this server type.',
  next: () => 'Run the command again: it goes on from the state that the machine is in',
  example: { machine: 'edge-1', wanted: 'running', seen: 'starting, allocating node', seconds: 120 },
});

export const answerNotUnderstood = defineError<{ request: string; problem: string }>({
  code: 'BF1410',
  title: "The cloud's answer is not understood",
  message: (f) => `${f.request}: ${f.problem}`,
  cause: 'Something between here and the cloud answers in its place (a proxy, a portal), or the API changed.',
  next: () => 'Check the endpoint in the fleet file and HTTPS_PROXY',
  example: { request: 'GET /instance/v1/zones/fr-par-1/servers', problem: 'the body is not JSON' },
});

export const endpointInvalid = defineError<{ endpoint: string; problem: string }>({
  code: 'BF1411',
  title: 'The endpoint in the fleet file is not usable',
  message: (f) => `endpoint ${f.endpoint}: ${f.problem}`,
  cause: 'An endpoint is `local`, or a URL with https (http is allowed for loopback addresses only).',
  next: () => 'Correct `endpoint` in the fleet file, or leave it out for the real cloud',
  example: { endpoint: 'ftp://example.org', problem: 'not an http or https URL' },
});

export const machineGone = defineError<{ id: string; doing: string }>({
  code: 'BF1412',
  title: 'A machine vanished while bootfleet worked on it',
  message: (f) => `the cloud has no machine ${f.id} any more (while: ${f.doing})`,
  cause: 'It was deleted or terminated outside of bootfleet.',
  next: () => 'Let Pulumi look again: pulumi refresh, then pulumi up creates it anew',
  example: { id: 'c136f267-92f5-4d8b-ae74-8c77a169b5fb', doing: 'powering it on' },
});

export const foreignVariables = defineError<{ variables: string; cloud: string }>({
  code: 'BF1417',
  title: 'The environment sends the provider to another cloud',
  message: (f) => `${f.variables} differ from what the fleet's cloud (${f.cloud}) needs`,
  cause:
    'To the provider plugin, the variables SCW_* count for more than what the program says: it would work in another cloud, project or zone than the fleet file names, or be refused everywhere.',
  next: (f) => `Run it again without them: unset ${f.variables.replaceAll(',', '')}`,
  example: { variables: 'SCW_API_URL, SCW_SECRET_KEY', cloud: 'http://127.0.0.1:40001, fr-par-1' },
});

export const lostCreationUnknown = defineError<{ creations: number; reason: string }>({
  code: 'BF1421',
  title: 'Nobody knows whether an update that failed left something',
  message: (f) =>
    `the cloud could not be asked what it made of ${f.creations} things that the program was told nothing of: ${f.reason}`,
  cause: 'The cloud stopped answering while something was made in it.',
  next: () => 'Once it answers, run `pulumi up` again, and look with `bootfleet leaks` for what is left over',
  example: { creations: 2, reason: 'http://127.0.0.1:40001 does not answer' },
});
