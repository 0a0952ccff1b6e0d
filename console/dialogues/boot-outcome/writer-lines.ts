/**
 * The flash writer's lines on the console, as docs/architecture.md has them ("the writer's console lines").
 * Lines may be preceded by other text, such as a kernel's time stamp or a line that was not ended.
 */

/** What one line says. Sizes in bytes. */
export type WriterLine =
  | {
      readonly kind: 'start';
      readonly disk: string;
      readonly diskBytes: number;
      readonly imageBytes: number;
      readonly sha256: string;
    }
  | {
      readonly kind: 'progress';
      readonly phase: 'write' | 'verify';
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: 'done';
      readonly sha256: string;
      readonly bytes: number;
      readonly written: number;
      readonly seconds: number;
    }
  | { readonly kind: 'failed'; readonly reason: WriterFailure; readonly detail: string };

export const WRITER_FAILURES = [
  'too-small',
  'no-disk',
  'http',
  'format',
  'digest',
  'short',
  'long',
  'read-back',
  'write',
] as const;
export type WriterFailure = (typeof WRITER_FAILURES)[number];

const number = String.raw`(\d{1,16})`;
const digest = '([0-9a-f]{64})';
const start = new RegExp(`^start disk=(/\\S+) disk-bytes=${number} image-bytes=${number} sha256=${digest}$`);
const progress = new RegExp(`^progress phase=(write|verify) done=${number} total=${number}$`);
const done = new RegExp(
  `^done sha256=${digest} bytes=${number} written=${number} seconds=(\\d{1,9}(?:\\.\\d{1,9})?)$`,
);
const failed = new RegExp(`^failed reason=(${WRITER_FAILURES.join('|')}) detail="(.*)"$`);

/** Reads one console line; `undefined` for anything that is not a whole line of the writer. */
export function parseWriterLine(line: string): WriterLine | undefined {
  const said = /bootfleet-writer: (.*)$/.exec(line)?.[1]?.trimEnd();
  if (said === undefined) return undefined;
  const text = (match: RegExpExecArray, group: number): string => match[group] ?? '';
  let match = progress.exec(said);
  if (match) {
    const phase = text(match, 1) === 'write' ? 'write' : 'verify';
    return { kind: 'progress', phase, done: Number(text(match, 2)), total: Number(text(match, 3)) };
  }
  match = start.exec(said);
  if (match) {
    return {
      kind: 'start',
      disk: text(match, 1),
      diskBytes: Number(text(match, 2)),
      imageBytes: Number(text(match, 3)),
      sha256: text(match, 4),
    };
  }
  match = done.exec(said);
  if (match) {
    return {
      kind: 'done',
      sha256: text(match, 1),
      bytes: Number(text(match, 2)),
      written: Number(text(match, 3)),
      seconds: Number(text(match, 4)),
    };
  }
  match = failed.exec(said);
  const reason = WRITER_FAILURES.find((known) => known === match?.[1]);
  return match && reason ? { kind: 'failed', reason, detail: text(match, 2) } : undefined;
}
