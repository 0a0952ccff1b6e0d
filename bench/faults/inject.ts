import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { MarkedProcess } from '../../test/e2e/harness/marked-processes.ts';
import { killTree } from '../../test/e2e/harness/process-tree.ts';
import { signal } from '../../test/e2e/harness/signal.ts';
import type { RunningPulumi } from '../../test/e2e/harness/stack.ts';
import { unlessAborted } from '../../waiting/unless-aborted.ts';
import { findVictims } from './processes.ts';
import type { Moment, PlannedFault, Victim } from './plan.ts';
import type { FaultsPlace } from './place.ts';

/** What became of one fault. */
export interface Injected {
  readonly fault: PlannedFault;
  /** Seconds from the beginning of the command; absent: the command ended before its moment came. */
  readonly at?: number;
  /** Processes that were killed. */
  readonly killed?: readonly string[];
  /** Requests that an API fault hit. */
  readonly hit?: number;
}

/** Brings a fault into a command that runs. Resolves when it is done, or when the command ended before. */
export async function inject(
  place: FaultsPlace,
  running: RunningPulumi,
  fault: PlannedFault,
): Promise<Injected> {
  if (fault.kind === 'api') return { fault, at: 0 };
  const begun = performance.now();
  if (!(await momentComes(running, fault.at))) return { fault };
  const at = Math.round((performance.now() - begun) / 10) / 100;
  if (fault.kind === 'interrupt') {
    running.kill('SIGINT');
    return { fault, at };
  }
  if (fault.kind === 'consoles') {
    // The daemon may be killed by another fault at this moment.
    await place.api.call('POST', '/bootfleet/v1/consoles/drop', {}).catch(() => undefined);
    return { fault, at };
  }
  return { fault, at, killed: await kill(place, running, fault) };
}

async function kill(
  place: FaultsPlace,
  running: RunningPulumi,
  { victim, back }: Extract<PlannedFault, { kind: 'kill' }>,
): Promise<readonly string[]> {
  switch (victim) {
    case 'engine':
      running.kill('SIGKILL');
      return ['pulumi'];
    case 'everything':
      await killTree(running.pid);
      return ['pulumi and all below it'];
    case 'daemon':
      await place.killCloud();
      if (back !== undefined) {
        await pause(back * 1000);
        await place.startCloud();
      }
      return ['daemon'];
    case 'storage': {
      const pid = await gatewayPid(place);
      if (pid === undefined) return [];
      signal(pid, 'SIGKILL');
      return ['versitygw'];
    }
    default: {
      const found = await waitForVictims(place, running, victim);
      for (const { pid } of found) signal(pid, 'SIGKILL');
      return found.map(({ command }) => command.slice(0, 120));
    }
  }
}

/** What is not there yet is waited for, as long as the command runs. */
async function waitForVictims(
  place: FaultsPlace,
  running: RunningPulumi,
  victim: Victim,
): Promise<readonly MarkedProcess[]> {
  const ended = endOf(running);
  for (;;) {
    const found = await findVictims(place.mark, victim);
    if (found.length > 0 || !(await before(ended, pause(50)))) return found;
  }
}

/** From the record that the daemon keeps; absent between two processes. */
async function gatewayPid({ env }: FaultsPlace): Promise<number | undefined> {
  const file = join(env['BOOTFLEET_HOME'] ?? '', 'localcloud', 'storage', 'process.json');
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number(/"pid":(\d+)/.exec(text)?.[1] ?? 0);
  return pid > 0 ? pid : undefined;
}

/** Whether a fault met anything: its moment came, what it kills was there, requests that it is for were made. Pure. */
export function struck({ fault, at, killed = [], hit = 0 }: Injected): boolean {
  if (fault.kind === 'api') return hit > 0;
  return at !== undefined && (fault.kind !== 'kill' || killed.length > 0);
}

/** How many resources were begun or done so far, by pulumi's lines. Pure. */
export function stepsIn(output: string): number {
  return [...output.matchAll(/(?<!@) (?:creat|updat|delet|replac|refresh)(?:ing|ed)\b/g)].length;
}

/** @returns false when the command ended before */
async function momentComes(running: RunningPulumi, { steps, after }: Moment): Promise<boolean> {
  const ended = endOf(running);
  while (stepsIn(running.output()) < steps) if (!(await before(ended, running.said()))) return false;
  return await before(ended, pause(after * 1000));
}

/** Fires when the command has ended. */
function endOf(running: RunningPulumi): AbortSignal {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  running.done.then(end, end);
  return ending.signal;
}

/** Whether something came before the end. */
async function before(ended: AbortSignal, something: Promise<unknown>): Promise<boolean> {
  await unlessAborted(something, ended).catch((error: unknown) => {
    if (error !== ended.reason) throw error;
  });
  return !ended.aborted;
}
