import { join } from 'node:path';
import { homeFolder, type Environment } from './environment.ts';

/**
 * The endpoints file, as docs/architecture.md describes it: the only thing that the rest of bootfleet knows of the
 * embedded cloud. The daemon writes it, `clouds/scaleway` reads it; neither knows the other, and both know this file.
 * Holds the secret key: mode 0600, never in logs or messages.
 */
export interface EndpointsFile {
  readonly version: 1;
  /** The daemon. */
  readonly pid: number;
  /** Base of the API, without a slash at its end. */
  readonly api: string;
  /** Base of the serial console's WebSocket; `/v2/ws` comes after it. */
  readonly console: string;
  /** Empty addresses without object storage. */
  readonly s3: StorageEndpoints;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly organizationId: string;
  /** Where programs are pointed to; the API answers for all zones. */
  readonly zone: string;
  readonly region: string;
  /** Added to a service's port of a server (22, 80). */
  readonly portOffset: number;
}

/** Object storage; the key pair is the cloud's own. */
export interface StorageEndpoints {
  /** As reached from this machine. */
  readonly endpoint: string;
  /** As reached from inside a server. */
  readonly endpointFromServers: string;
  readonly region: string;
}

/** The embedded cloud's folder: `$BOOTFLEET_HOME/localcloud`; see `homeFolder`. */
export function embeddedCloudFolder(env: Environment = process.env): string {
  return join(homeFolder(env), 'localcloud');
}

/** Where the endpoints file is while the embedded cloud runs. */
export function endpointsFile(env: Environment = process.env): string {
  return join(embeddedCloudFolder(env), 'endpoints.json');
}

/**
 * The text of an endpoints file as what it says, or what is wrong with it. Pure. The problem names keys, never values:
 * it may be shown.
 */
export function parseEndpointsFile(text: string): EndpointsFile | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  if (typeof value !== 'object' || value === null) return { problem: 'it is not an object' };
  const content = value as Readonly<Record<string, unknown>>;
  if (content['version'] !== 1) {
    const { version } = content;
    return { problem: `version ${typeof version === 'number' ? version : 'unknown'}, expected 1` };
  }
  const missing: string[] = texts.filter((key) => typeof content[key] !== 'string');
  for (const key of numbers) if (!Number.isInteger(content[key])) missing.push(key);
  const s3 = (content['s3'] ?? {}) as Readonly<Record<string, unknown>>;
  for (const key of storageTexts) if (typeof s3[key] !== 'string') missing.push(`s3.${key}`);
  return missing.length > 0 ? { problem: `without ${missing.join(', ')}` } : (value as EndpointsFile);
}

const texts = [
  'api',
  'console',
  'accessKey',
  'secretKey',
  'projectId',
  'organizationId',
  'zone',
  'region',
] as const satisfies readonly (keyof EndpointsFile)[];
const numbers = ['pid', 'portOffset'] as const satisfies readonly (keyof EndpointsFile)[];
const storageTexts = [
  'endpoint',
  'endpointFromServers',
  'region',
] as const satisfies readonly (keyof StorageEndpoints)[];
