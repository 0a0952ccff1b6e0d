/** How a process ended. Exactly one of the two is set. */
export interface Exit {
  readonly status?: number;
  /** As SSH itself says it. Without `SIG`. Example: `KILL`. */
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
 * How a command ended, for messages. 128 and a number may be a shell's word for a signal that ended it (POSIX.1-2024, Shell
 * Command Language, 2.8.2) and may be the program's own status: a status cannot tell, so both are said. Pure.
 *
 * @example howEnded({ status: 137 }) // 'status 137 (its own, or signal KILL)'
 */
export function howEnded({ status, signal }: Exit): string {
  if (status === undefined) return `signal ${signal ?? 'unknown'}`;
  const named = signals[status - 128];
  return named === undefined ? `status ${status}` : `status ${status} (its own, or signal ${named})`;
}
