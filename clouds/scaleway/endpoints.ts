import { readFile, stat } from 'node:fs/promises';
import { setting, type Environment } from '../../contracts/environment.ts';
import { endpointsFile, parseEndpointsFile, type EndpointsFile } from '../../contracts/endpoints-file.ts';
import {
  credentialsMissing,
  endpointInvalid,
  endpointsFileBad,
  localCloudNotRunning,
} from '../../errors/cloud.ts';
import type { CloudRef } from '../cloud.ts';

/**
 * Everything that is needed to talk to a cloud: what the embedded one says of itself, and of the real one the same.
 * Holds credentials: never put it into inputs, state or logs.
 */
export interface CloudEndpoints extends Omit<EndpointsFile, 'version' | 'pid' | 'organizationId'> {
  /** True for the embedded cloud. */
  readonly local: boolean;
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
  env: Environment = process.env,
): Promise<CloudEndpoints> {
  return ref.endpoint === 'local' ? await localEndpoints(ref, env) : remoteEndpoints(ref, env);
}

async function localEndpoints(ref: CloudRef, env: Environment): Promise<CloudEndpoints> {
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
  const content = parseEndpointsFile(await readFile(file, 'utf8'));
  if ('problem' in content) throw endpointsFileBad({ file, problem: content.problem });
  const { version: _version, pid, organizationId: _organizationId, ...endpoints } = content;
  if (!isAlive(pid)) throw localCloudNotRunning({ file, found: `left by process ${pid}, which is gone` });
  return { ...endpoints, local: true, zone: ref.zone };
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

/**
 * The API of a cloud that is not the embedded one.
 *
 * @throws BF1411
 * @example apiUrl({ kind: 'scaleway', zone: 'fr-par-1' }) // 'https://api.scaleway.com'
 */
export function apiUrl({ endpoint }: CloudRef): string {
  return endpoint === undefined ? 'https://api.scaleway.com' : checkedUrl(endpoint);
}

function remoteEndpoints(ref: CloudRef, env: Environment): CloudEndpoints {
  const credentials = {
    SCW_ACCESS_KEY: setting(env, 'SCW_ACCESS_KEY') ?? '',
    SCW_SECRET_KEY: setting(env, 'SCW_SECRET_KEY') ?? '',
    SCW_DEFAULT_PROJECT_ID: setting(env, 'SCW_DEFAULT_PROJECT_ID') ?? '',
  };
  const unset = Object.entries(credentials).filter(([, value]) => value === '');
  if (unset.length > 0) {
    throw credentialsMissing({ variables: unset.map(([name]) => name).join(', '), zone: ref.zone });
  }
  const region = regionOf(ref.zone);
  const api = apiUrl(ref);
  const s3 = setting(env, 'BOOTFLEET_S3_ENDPOINT') ?? `https://s3.${region}.scw.cloud`;
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
