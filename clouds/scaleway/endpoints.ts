import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  credentialsMissing,
  endpointInvalid,
  endpointsFileBad,
  localCloudNotRunning,
} from '../../errors/cloud.ts';
import type { CloudRef } from '../cloud.ts';

/** Object storage of a cloud. The key pair is the cloud's own. */
export interface S3Endpoints {
  /** As reached from this machine. */
  readonly endpoint: string;
  /** As reached from inside a server; the same on the real cloud. */
  readonly endpointFromServers: string;
  readonly region: string;
}

/** Everything that is needed to talk to a cloud. Holds credentials: never put it into inputs, state or logs. */
export interface CloudEndpoints {
  /** True for the embedded cloud. */
  readonly local: boolean;
  /** Base of the API, without a slash at its end. */
  readonly api: string;
  /** Base of the serial console's WebSocket; `/v2/ws` comes after it. */
  readonly console: string;
  readonly s3: S3Endpoints;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly zone: string;
  readonly region: string;
  /** Added to a service's port of a server (22, 80); 0 on the real cloud. */
  readonly portOffset: number;
}

/** The region of a zone: `fr-par-1` is in `fr-par`. */
export function regionOf(zone: string): string {
  return zone.replace(/-\d+$/, '');
}

/**
 * Finds where a cloud is and the credentials for it: for `endpoint: 'local'` from the embedded cloud's endpoints
 * file (docs/architecture.md), else from `SCW_ACCESS_KEY`, `SCW_SECRET_KEY` and `SCW_DEFAULT_PROJECT_ID`.
 * Asks no server.
 *
 * @throws BF1400 embedded cloud not running, BF1401 its file is bad, BF1402 no credentials, BF1411 bad URL.
 * @example const { api, secretKey } = await resolveEndpoints({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' });
 */
export async function resolveEndpoints(
  ref: CloudRef,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<CloudEndpoints> {
  return ref.endpoint === 'local' ? await localEndpoints(ref, env) : remoteEndpoints(ref, env);
}

/** Where the embedded cloud writes its endpoints file. */
export function endpointsFile(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const home =
    env['BOOTFLEET_HOME'] ?? join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'bootfleet');
  return join(home, 'localcloud', 'endpoints.json');
}

async function localEndpoints(
  ref: CloudRef,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CloudEndpoints> {
  const file = endpointsFile(env);
  const found = await stat(file).catch((thrown: unknown) => {
    const error = thrown as NodeJS.ErrnoException;
    if (error.code === 'ENOENT') throw localCloudNotRunning({ file, found: 'no endpoints file' });
    throw endpointsFileBad({ file, problem: error.message });
  });
  if ((found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
    throw endpointsFileBad({ file, problem: `others may read it (mode ${mode}), and it holds keys` });
  }
  const content = parseEndpoints(await readFile(file, 'utf8'), file);
  if (!isAlive(content.pid)) {
    throw localCloudNotRunning({ file, found: `left by process ${content.pid}, which is gone` });
  }
  return {
    local: true,
    api: content.api,
    console: content.console,
    s3: content.s3,
    accessKey: content.accessKey,
    secretKey: content.secretKey,
    projectId: content.projectId,
    zone: ref.zone,
    region: content.region,
    portOffset: content.portOffset,
  };
}

interface EndpointsFile {
  readonly pid: number;
  readonly api: string;
  readonly console: string;
  readonly s3: S3Endpoints;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly region: string;
  readonly portOffset: number;
}

function parseEndpoints(text: string, file: string): EndpointsFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw endpointsFileBad({ file, problem: 'it is not JSON' });
  }
  const content = value as Partial<EndpointsFile> & { version?: unknown };
  if (content.version !== 1) {
    throw endpointsFileBad({ file, problem: `version ${String(content.version)}, expected 1` });
  }
  const texts = ['api', 'console', 'accessKey', 'secretKey', 'projectId', 'region'] as const;
  const missing: string[] = texts.filter((key) => typeof content[key] !== 'string');
  for (const key of ['pid', 'portOffset'] as const) {
    if (!Number.isInteger(content[key])) missing.push(key);
  }
  for (const key of ['endpoint', 'endpointFromServers', 'region'] as const) {
    if (typeof content.s3?.[key] !== 'string') missing.push(`s3.${key}`);
  }
  if (missing.length > 0) throw endpointsFileBad({ file, problem: `without ${missing.join(', ')}` });
  return content as EndpointsFile;
}

/** Signal 0 tests a process without touching it; EPERM means that it lives and belongs to another user. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function remoteEndpoints(ref: CloudRef, env: Readonly<Record<string, string | undefined>>): CloudEndpoints {
  const credentials = {
    SCW_ACCESS_KEY: env['SCW_ACCESS_KEY'] ?? '',
    SCW_SECRET_KEY: env['SCW_SECRET_KEY'] ?? '',
    SCW_DEFAULT_PROJECT_ID: env['SCW_DEFAULT_PROJECT_ID'] ?? '',
  };
  const unset = Object.entries(credentials).filter(([, value]) => value === '');
  if (unset.length > 0) {
    throw credentialsMissing({ variables: unset.map(([name]) => name).join(', '), zone: ref.zone });
  }
  const region = regionOf(ref.zone);
  const api = ref.endpoint === undefined ? 'https://api.scaleway.com' : checkedUrl(ref.endpoint);
  const s3 = env['BOOTFLEET_S3_ENDPOINT'] ?? `https://s3.${region}.scw.cloud`;
  return {
    local: false,
    api,
    console: ref.endpoint === undefined ? `wss://tty.${ref.zone}.scaleway.com` : api.replace(/^http/, 'ws'),
    s3: { endpoint: s3, endpointFromServers: s3, region },
    accessKey: credentials.SCW_ACCESS_KEY,
    secretKey: credentials.SCW_SECRET_KEY,
    projectId: credentials.SCW_DEFAULT_PROJECT_ID,
    zone: ref.zone,
    region,
    portOffset: 0,
  };
}

/** A token must not travel in the clear, so plain http is for loopback only. */
function checkedUrl(endpoint: string): string {
  const url = URL.parse(endpoint);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw endpointInvalid({ endpoint, problem: 'not an http or https URL' });
  }
  if (url.username !== '' || url.password !== '') {
    throw endpointInvalid({ endpoint: url.host, problem: 'it holds a user name or password' });
  }
  const loopback =
    url.hostname === 'localhost' || url.hostname === '[::1]' || url.hostname.startsWith('127.');
  if (url.protocol === 'http:' && !loopback) {
    throw endpointInvalid({ endpoint, problem: 'plain http would show the secret key to the network' });
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
