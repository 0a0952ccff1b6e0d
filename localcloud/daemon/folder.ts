import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setting, type Environment } from '../../scripts/setup/folders.ts';

/** Where everything of an embedded cloud lies: `$BOOTFLEET_HOME/localcloud` (docs/architecture.md). */
export interface CloudFolder {
  readonly root: string;
  readonly endpoints: string;
  readonly settings: string;
  readonly state: string;
  /** JSON lines of what the daemon did. */
  readonly log: string;
  /** Whatever the daemon's process wrote by itself: last words of a crash. */
  readonly output: string;
  readonly disks: string;
  readonly machines: string;
  readonly storage: string;
}

/** @example cloudFolder().root // /root/.local/share/bootfleet/localcloud */
export function cloudFolder(env: Environment = process.env): CloudFolder {
  const home =
    setting(env, 'BOOTFLEET_HOME') ??
    join(setting(env, 'XDG_DATA_HOME') ?? join(homedir(), '.local', 'share'), 'bootfleet');
  const root = join(resolve(home), 'localcloud');
  return {
    root,
    endpoints: join(root, 'endpoints.json'),
    settings: join(root, 'settings.json'),
    state: join(root, 'state.jsonl'),
    log: join(root, 'daemon.log'),
    output: join(root, 'daemon.out'),
    disks: join(root, 'volumes'),
    machines: join(root, 'machines'),
    storage: join(root, 'storage'),
  };
}

/** Name of the lock that the daemon of a folder holds as long as it lives. */
export function lockName(folder: CloudFolder): string {
  return `bootfleet-localcloud-${createHash('sha256').update(folder.root).digest('hex').slice(0, 32)}`;
}
