import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownDisk } from '../compute/disk-files.ts';
import type { Disks } from '../compute/disks.ts';
import type { Store } from '../store/store.ts';

/** Where one start of the daemon puts what it finds and does not know; made when it is needed. */
export function setAsideFolder(unclaimed: string, at: Date): string {
  return join(unclaimed, at.toISOString().replaceAll(':', '-'));
}

/** Puts disks in order after a daemon that was killed; a disk that no record has is set aside. */
export async function tidyDisks(
  parts: { readonly store: Store; readonly disks: Disks; readonly log: (line: string) => void },
  aside: string,
): Promise<void> {
  const { store, disks, log } = parts;
  const known = new Map<string, KnownDisk>(
    [...store.list('volume'), ...store.list('snapshot')].map(({ id, status }) => [
      id,
      status === 'creating' ? 'unfinished' : 'whole',
    ]),
  );
  for (const line of await disks.tidy(known, join(aside, 'volumes'))) log(`disk ${line}`);
}

/**
 * Sets aside the folders of machines (serial logs, firmware variables) whose servers nobody knows. Call it when it is
 * sure that none of them runs.
 */
export async function setMachinesAside(
  machines: string,
  servers: ReadonlySet<string>,
  aside: string,
  log: (line: string) => void,
): Promise<void> {
  for (const name of await namesIn(machines)) {
    if (servers.has(name)) continue;
    await mkdir(join(aside, 'machines'), { recursive: true, mode: 0o700 });
    await rename(join(machines, name), join(aside, 'machines', name));
    log(`machine ${name}: no server has it: set aside`);
  }
}

/** What was set aside and is still there. Example: `2026-11-27T23-50-00.000Z/volumes/6f0e2b0c.raw`. */
export async function unclaimedFiles(unclaimed: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const start of await namesIn(unclaimed)) {
    for (const kind of await namesIn(join(unclaimed, start))) {
      for (const name of await namesIn(join(unclaimed, start, kind))) found.push(join(start, kind, name));
    }
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw thrown;
  }
}
