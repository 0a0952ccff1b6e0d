import { readFile } from 'node:fs/promises';
import { parseEndpointsFile, type EndpointsFile } from '../../contracts/endpoints-file.ts';
import type { Settings } from './settings.ts';

/** Zone and region that programs are pointed to; the API answers for all zones. */
export const home = { zone: 'fr-par-1', region: 'fr-par' } as const;

/** @param storagePort `undefined` without object storage: its addresses are then empty. */
export function endpointsOf(
  settings: Settings,
  apiPort: number,
  storagePort: number | undefined,
): EndpointsFile {
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

/** The endpoints file, `undefined` when there is none, or none that says what it should. */
export async function readEndpoints(file: string): Promise<EndpointsFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  const content = parseEndpointsFile(text);
  return 'problem' in content ? undefined : content;
}
