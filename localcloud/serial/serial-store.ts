import { closeSync, fstatSync, openSync, readSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { joinWithoutOverlap } from './scroll-back.ts';

/** Where a serial line's past is kept. */
export interface SerialFiles {
  /** QEMU appends everything here, also while no daemon runs. */
  readonly serialLog: string;
  /** What was moved out of the log, bounded. */
  readonly scrollBack: string;
}

/** Reads the newest `size` bytes that a serial line has said. */
export function loadScrollBack(files: SerialFiles, size: number): Uint8Array {
  // A daemon killed between the two steps of `compact` leaves the same bytes in both.
  const joined = joinWithoutOverlap(tailOf(files.scrollBack, size), tailOf(files.serialLog, size));
  return joined.subarray(Math.max(0, joined.length - size));
}

/**
 * Replaces the past by `content` and empties QEMU's log. QEMU has it open for appending, so it goes on at the new end.
 * Synchronous, because bytes that arrive in between would be missing from the files.
 */
export function compact(files: SerialFiles, content: Uint8Array): void {
  const unfinished = `${files.scrollBack}.new`;
  writeFileSync(unfinished, content, { mode: 0o600 });
  renameSync(unfinished, files.scrollBack);
  try {
    truncateSync(files.serialLog, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The last `size` bytes of a file; nothing when there is no file. */
function tailOf(path: string, size: number): Uint8Array {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array();
    throw error;
  }
  try {
    const length = fstatSync(descriptor).size;
    const bytes = Buffer.alloc(Math.min(size, length));
    const read = readSync(descriptor, bytes, 0, bytes.length, length - bytes.length);
    return Uint8Array.from(bytes.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
}
