import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { embeddedCloudFolder, endpointsFile } from '../../contracts/endpoints-file.ts';
import type { Environment } from '../../scripts/setup/folders.ts';

/** Where everything of an embedded cloud lies: `$BOOTFLEET_HOME/localcloud` (docs/architecture.md). */
export interface CloudFolder {
  readonly root: string;
  readonly endpoints: string;
  readonly settings: string;
  readonly state: string;
  /** Who watches over the daemon; there only while somebody does. */
  readonly watch: string;
  /** JSON lines of what the daemon did. */
  readonly log: string;
  /** Whatever the daemon's process wrote by itself: last words of a crash. */
  readonly output: string;
  readonly disks: string;
  readonly machines: string;
  /** Disks and machines' files that a start found without a record. */
  readonly unclaimed: string;
  readonly storage: string;
}

/** @example cloudFolder().root // /root/.local/share/bootfleet/localcloud */
export function cloudFolder(env: Environment = process.env): CloudFolder {
  const root = embeddedCloudFolder(env);
  return {
    root,
    endpoints: endpointsFile(env),
    settings: join(root, 'settings.json'),
    state: join(root, 'state.jsonl'),
    watch: join(root, 'watch.json'),
    log: join(root, 'daemon.log'),
    output: join(root, 'daemon.out'),
    disks: join(root, 'volumes'),
    machines: join(root, 'machines'),
    unclaimed: join(root, 'unclaimed'),
    storage: join(root, 'storage'),
  };
}

/** Name of the lock that the daemon of a folder holds as long as it lives. */
export function lockName(folder: CloudFolder): string {
  return `bootfleet-localcloud-${createHash('sha256').update(folder.root).digest('hex').slice(0, 32)}`;
}
