import { tryLock } from '../addresses/mutex.ts';
import type { Environment } from '../../scripts/setup/folders.ts';
import { readEndpoints } from './endpoints.ts';
import { cloudFolder, lockName } from './folder.ts';
import { readWatch } from './watch-record.ts';
import { unclaimedFiles } from './unclaimed.ts';
import { leftProcesses, type LeftProcess } from './left-processes.ts';

/** The daemon's own words: the answer to `GET /bootfleet/v1/status`. */
export interface DaemonStatus {
  readonly pid: number;
  readonly started_at: string;
  readonly folder: string;
  readonly accelerator: string;
  readonly accelerator_reason: string;
  /** There once a machine with UEFI was started: it is probed by itself. */
  readonly accelerator_uefi?: { readonly kind: string; readonly reason: string };
  readonly storage: string;
  readonly port_offset: number;
  readonly network: string;
  readonly servers: { readonly total: number; readonly running: number };
  /** Servers that are on and stand still, with the cause. */
  readonly stopped_by_host: readonly { readonly id: string; readonly name: string; readonly why: string }[];
  readonly volumes: number;
  readonly ips: number;
}

/** What `bootfleet local status` shows. No secret is in it. */
export interface CloudStatus {
  readonly running: boolean;
  readonly folder: string;
  readonly api?: string;
  readonly console?: string;
  readonly storage?: string;
  readonly daemon?: DaemonStatus;
  /** Processes of a daemon that was killed; a start adopts them, a stop ends them. */
  readonly left: readonly LeftProcess[];
  /** The process that starts the daemon again when it ends by itself; absent when nobody does. */
  readonly watch?: { readonly pid: number; readonly restarts: number; readonly lastEnd: string | null };
  /** Disks and machines' files that a start found without a record, set aside in the folder's `unclaimed`. */
  readonly unclaimed: readonly string[];
}

/** Looks; changes nothing. */
export async function cloudStatus(env: Environment = process.env): Promise<CloudStatus> {
  const folder = cloudFolder(env);
  const watch = await readWatch(folder.watch);
  const found = {
    folder: folder.root,
    left: [],
    unclaimed: await unclaimedFiles(folder.unclaimed),
    ...(watch === undefined
      ? {}
      : { watch: { pid: watch.process.pid, restarts: watch.restarts, lastEnd: watch.lastEnd } }),
  };
  const lock = await tryLock(lockName(folder));
  if (lock !== undefined) {
    await lock.release();
    return { ...found, running: false, left: await leftProcesses(folder.root) };
  }
  const endpoints = await readEndpoints(folder.endpoints);
  if (endpoints === undefined) return { ...found, running: true };
  const response = await fetch(`${endpoints.api}/bootfleet/v1/status`, {
    headers: { 'X-Auth-Token': endpoints.secretKey },
    signal: AbortSignal.timeout(10_000),
  });
  return {
    ...found,
    running: true,
    api: endpoints.api,
    console: endpoints.console,
    storage: endpoints.s3.endpoint,
    daemon: (await response.json()) as DaemonStatus,
  };
}
