import { readFile } from 'node:fs/promises';

/**
 * Bytes that a process has taken from what the host's `MemAvailable` counts: its own memory and what it shares as memory,
 * not pages of files, which can be dropped. 0 for one that is gone. Source: proc(5), /proc/pid/status, since Linux 4.5.
 */
export async function heldMemory(pid: number): Promise<number> {
  return parseHeldMemory(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
}

/** Pure part of `heldMemory`: `RssAnon` and `RssShmem`, which a process that has ended lacks. */
export function parseHeldMemory(status: string): number {
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
  return (kibibytes('RssAnon') + kibibytes('RssShmem')) * 1024;
}
