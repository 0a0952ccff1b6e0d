import { readdir, readFile } from 'node:fs/promises';

/** A process of a test, found by the mark in its environment. */
export interface MarkedProcess {
  readonly pid: number;
  /** Its command line, for messages. */
  readonly command: string;
}

/** The variable that everything started by one harness carries, and hands on to its children. */
export const markVariable = 'BOOTFLEET_TEST_MARK';

/** All living processes whose environment has the mark, this one left out. Linux: /proc/<pid>/environ. */
export async function markedProcesses(mark: string): Promise<MarkedProcess[]> {
  const found: MarkedProcess[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    // A process that ends while it is looked at has no files any more.
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${markVariable}=${mark}`)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    // An ended process that nobody has waited for yet has neither.
    if (command !== '') found.push({ pid, command: command.split('\0').join(' ').trim() });
  }
  return found;
}
