import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Position } from './positions.ts';

/** Largest fleet file in bytes: ten thousand servers that are each named in lists take about half of it. */
export const largestFile = 1024 * 1024;

/** What is wrong with the bytes of a file, and where. */
export interface TextProblem {
  readonly kind: 'too-large' | 'encoding';
  readonly at: Position;
  readonly detail: string;
}

/**
 * Reads a text file of limited size: never more of it than that, whatever it is (a device, a pipe, a disk image).
 *
 * @throws what the operating system says when it cannot be opened or read.
 */
export function readText(file: string): { readonly text: string } | { readonly problem: TextProblem } {
  const bytes = readAtMost(file, largestFile + 1);
  if (bytes.length > largestFile)
    return {
      problem: {
        kind: 'too-large',
        at: { line: 1, column: 1 },
        detail: `it has more than ${largestFile} bytes`,
      },
    };
  return decodeText(bytes);
}

/** Bytes as text: UTF-8, with or without a byte order mark. Pure. */
export function decodeText(bytes: Uint8Array): { readonly text: string } | { readonly problem: TextProblem } {
  const [first, second] = bytes;
  const begins = { line: 1, column: 1 };
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { problem: { kind: 'encoding', at: begins, detail: 'it is UTF-16' } };
  if (isUtf8(bytes)) return { text: new TextDecoder('utf-8').decode(bytes) };
  const at = firstBadByte(bytes);
  return { problem: { kind: 'encoding', at, detail: 'a byte is not UTF-8' } };
}

/** In the first line that is not UTF-8: behind its longest beginning that is. */
function firstBadByte(bytes: Uint8Array): Position {
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    const whole = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(whole)) {
      const shown = new TextDecoder('utf-8').decode(whole);
      return { line, column: Math.max(0, shown.indexOf('\ufffd')) + 1 };
    }
    start = end + 1;
    if (end < 0) return { line, column: 1 };
  }
}

function readAtMost(file: string, most: number): Uint8Array {
  const opened = openSync(file, 'r');
  try {
    const bytes = new Uint8Array(most);
    let length = 0;
    for (let got = -1; got !== 0 && length < most; length += got)
      got = readSync(opened, bytes, length, most - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}
