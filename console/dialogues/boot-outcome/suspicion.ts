import type { BootLine, Failure } from './boot-line.ts';

/** What may have ended a boot. */
export interface Suspicion {
  readonly means: Failure;
  readonly what: string;
  /** Seconds without another line after which it did. */
  readonly patience: number;
}

/**
 * What is suspected behind one more line: a suspicion holds until a line shows that it was none. Pure.
 *
 * @returns `certain` when this line proves it.
 */
export function suspect(
  before: Suspicion | undefined,
  line: BootLine | undefined,
): { readonly suspicion: Suspicion | undefined; readonly certain: boolean } {
  switch (line?.kind) {
    case 'crash':
    case 'stopped':
    case 'no-system':
      return { suspicion: { means: line.kind, what: line.what, patience: 0 }, certain: true };
    case 'suspect':
      return { suspicion: line, certain: false };
    case 'gone-down':
      // Behind a panic it proves it; behind a loader without a system the machine went on to another.
      return before?.means === 'crash'
        ? { suspicion: before, certain: true }
        : { suspicion: undefined, certain: false };
    case 'cleared':
    case 'login':
      return { suspicion: undefined, certain: false };
    default:
      return { suspicion: before, certain: false };
  }
}
