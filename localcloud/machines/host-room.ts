import { readFile, statfs } from 'node:fs/promises';

/** What a host has left, in bytes. */
export interface HostRoom {
  /** Memory that can be had without swapping. */
  readonly memory: number;
  /** Space on the file system of the disks. */
  readonly disk: number;
}

/** What one more machine needs and does not find, in MiB. */
export interface MissingRoom {
  readonly what: 'memory' | 'disk';
  readonly needed: number;
  readonly available: number;
}

const mebibyte = 1024 * 1024;

/** MiB for QEMU itself beside the guest's memory: the process, and what an emulated processor keeps of translated code. */
const overhead = { kvm: 64, tcg: 192 } as const;

/**
 * MiB of disk below which no machine is switched on. Disks are sparse, and what they may still grow to is far more than
 * they do: a rule that counted it would refuse machines that run well. Below this floor the next write may be the one
 * for which there is no space; a machine that meets that is stopped by its host.
 */
export const diskFloor = 512;

/** Seconds in which a machine that was switched on may not have touched its memory yet. */
const settling = 60;

/** A machine that was switched on a moment ago. */
export interface RecentStart {
  /** MiB that it was promised. */
  readonly memory: number;
  /** Bytes of them that its process holds by now: the host's own number no longer has those. */
  readonly held: number;
  /** Seconds since. */
  readonly age: number;
}

/** MiB that a machine takes. @param memory of the guest, in MiB */
export function memoryNeeded(memory: number, accelerator: 'kvm' | 'tcg'): number {
  return memory + overhead[accelerator];
}

/**
 * Whether a host has room for one more machine; what is missing if not. Memory that machines were promised a moment ago
 * and do not hold yet counts as taken, so that a fleet that starts at once is not let in as a whole for the room of one.
 * Pure.
 *
 * @param needed MiB, see `memoryNeeded`
 */
export function missingRoom(
  needed: number,
  room: HostRoom,
  recent: readonly RecentStart[] = [],
): MissingRoom | undefined {
  const promised = recent
    .filter(({ age }) => age < settling)
    .reduce((sum, { memory, held }) => sum + Math.max(0, memory * mebibyte - held), 0);
  const memory = Math.floor((room.memory - promised) / mebibyte);
  if (memory < needed) return { what: 'memory', needed, available: Math.max(0, memory) };
  const disk = Math.floor(room.disk / mebibyte);
  if (disk < diskFloor) return { what: 'disk', needed: diskFloor, available: disk };
  return undefined;
}

/** Reads what this host has left. @param folder where the disks are */
export async function hostRoom(folder: string): Promise<HostRoom> {
  const meminfo = await readFile('/proc/meminfo', 'utf8');
  const limit = await groupRoom();
  return { memory: Math.min(availableMemory(meminfo), limit), disk: await diskRoom(folder) };
}

/** A folder that is not there is no lack of space: QEMU says which disk is missing. */
async function diskRoom(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Infinity;
    throw error;
  }
}

/** `MemAvailable` of /proc/meminfo (proc(5), since Linux 3.14), in bytes. */
export function availableMemory(meminfo: string): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  if (kibibytes === undefined) throw new Error('/proc/meminfo has no MemAvailable');
  return Number(kibibytes) * 1024;
}

/** What a container's limit leaves (cgroup v2: memory.max, memory.current); no end without one. */
async function groupRoom(): Promise<number> {
  const read = (name: string): Promise<string> => readFile(`/sys/fs/cgroup/${name}`, 'utf8').catch(() => '');
  return roomOfGroup(await read('memory.max'), await read('memory.current'), await read('memory.stat'));
}

/** Bytes below a group's limit; the page cache that can be dropped at once counts as free. Pure. */
export function roomOfGroup(max: string, current: string, stat: string): number {
  const limit = /^\d+\s*$/.test(max) ? Number(max) : Infinity;
  const cache = Number(/^inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  return limit === Infinity ? Infinity : Math.max(0, limit - Number(current) + cache);
}
