/** How a process ended. Exactly one of the two is set. */
export interface Exit {
  readonly status?: number;
  /** Without `SIG`. Example: `KILL`. */
  readonly signal?: string;
}

/** Signals whose numbers POSIX fixes (kill(1)), and those that every system of today numbers alike. */
const signals: Readonly<Record<number, string>> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  4: 'ILL',
  6: 'ABRT',
  8: 'FPE',
  9: 'KILL',
  11: 'SEGV',
  13: 'PIPE',
  14: 'ALRM',
  15: 'TERM',
};

/**
 * How a command ended by its shell's `$?`, in which 128 and a number stand for a signal (POSIX.1-2024, Shell Command
 * Language, 2.8.2). Pure.
 *
 * @example exitOf(137) // { signal: 'KILL' }
 */
export function exitOf(status: number): Exit {
  const signal = signals[status - 128];
  return signal === undefined ? { status } : { signal };
}
