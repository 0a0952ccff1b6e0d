/**
 * Why an upgrade failed, in one line for tables and plans: without the machine's name in front, which stands beside it,
 * and without what its console showed, which is in the transcript.
 *
 * @example briefReason('edge-1', "edge-1: it panicked. Its console's last lines:\n  | boot>") // 'it panicked.'
 */
export function briefReason(machine: string, why: string): string {
  const [sentence = ''] = why.split(/\s*Its console's last lines:/);
  const line = sentence.replaceAll(/\s*\n\s*/g, ' ').trim();
  return line.startsWith(`${machine}: `) ? line.slice(machine.length + 2) : line;
}
