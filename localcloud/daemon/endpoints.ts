import { readFile } from 'node:fs/promises';
import type { Settings } from './settings.ts';

/** The endpoints file; see docs/architecture.md. */
export interface Endpoints {
  readonly version: 1;
  readonly pid: number;
  readonly api: string;
  readonly console: string;
  readonly s3: { readonly endpoint: string; readonly endpointFromServers: string; readonly region: string };
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly organizationId: string;
  readonly zone: string;
  readonly region: string;
  readonly portOffset: number;
}

/** Zone and region that programs are pointed to; the API answers for all zones. */
export const home = { zone: 'fr-par-1', region: 'fr-par' } as const;

/** @param storagePort `undefined` without object storage: its addresses are then empty. */
export function endpointsOf(settings: Settings, apiPort: number, storagePort: number | undefined): Endpoints {
  const s3 = (host: string): string => (storagePort === undefined ? '' : `http://${host}:${storagePort}`);
  return {
    version: 1,
    pid: process.pid,
    api: `http://127.0.0.1:${apiPort}`,
    console: `ws://127.0.0.1:${apiPort}`,
    s3: { endpoint: s3('127.0.0.1'), endpointFromServers: s3('169.254.42.2'), region: home.region },
    accessKey: settings.accessKey,
    secretKey: settings.secretKey,
    projectId: settings.projectId,
    organizationId: settings.organizationId,
    zone: home.zone,
    region: home.region,
    portOffset: settings.portOffset,
  };
}

/** The endpoints file, `undefined` when there is none that can be read. */
export async function readEndpoints(file: string): Promise<Endpoints | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Endpoints;
  } catch {
    return undefined;
  }
}
