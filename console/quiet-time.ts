/** Seconds of silence that are enough behind a gateway that is far away or busy. */
const longest = 0.5;
const shortest = 0.1;
/** The backlog comes right behind the answer to the log-in; this many times that answer's time is a long wait for it. */
const answers = 10;

/**
 * How long a line must be silent before what earlier boots said counts as over: no gateway says where its backlog ends.
 *
 * @param opening seconds that it took to open the line.
 * @returns seconds: 0.1 for a gateway on this machine, 0.5 for one that is 50 ms away.
 */
export function quietTime(opening: number): number {
  return Math.min(longest, Math.max(shortest, opening * answers));
}
