/** What `/proc/<pid>/stat` says of a process, as far as it is asked here. */
export interface ProcessStat {
  /** A letter: `R` runs, `S` sleeps, `Z` has ended and is not yet taken away. */
  readonly state: string;
  /** The parent's number; 0 has none. */
  readonly parent: number;
  /** Clock ticks between the host's boot and the process' start. */
  readonly startTime: string;
}

/**
 * Reads `/proc/<pid>/stat`; `undefined` when that is not what the text is. The name in parentheses may hold spaces and
 * parentheses, so the fields are counted from the last one. Pure. Source: proc(5): field 3 is the state, 4 the parent,
 * 22 the start time.
 */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, startTime] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || startTime === undefined) return undefined;
  const isWhole = /^[A-Za-z]$/.test(state) && /^\d{1,10}$/.test(parent) && /^\d+$/.test(startTime);
  return isWhole ? { state, parent: Number(parent), startTime } : undefined;
}
