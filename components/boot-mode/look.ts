import type { MachineView } from '../../clouds/cloud.ts';
import { BootfleetError } from '../../errors/error.ts';
import { readRunningSystem, type RunningSystem } from '../../remote/running-system.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { type BootContext, login } from './context.ts';

/** A machine as it is found by one short look. */
export interface Look {
  readonly view: MachineView;
  /** What it says that it runs; `undefined` when it is off or did not answer. */
  readonly system: RunningSystem | undefined;
  /** Why it did not answer, as a sentence; `undefined` when it is off or answered. */
  readonly trouble: string | undefined;
}

/**
 * Looks at a machine without changing anything, and without waiting for one that does not answer.
 *
 * @returns `undefined` when the cloud has no such machine.
 */
export async function lookNow(
  context: Pick<BootContext, 'cloud' | 'inputs' | 'waits' | 'findings' | 'connect'>,
): Promise<Look | undefined> {
  const { cloud, inputs, waits } = context;
  const view = await cloud.observe(inputs.server);
  if (view === undefined) return undefined;
  if (view.power !== 'running') return { view, system: undefined, trouble: undefined };
  if (view.stoppedByHost !== undefined)
    return { view, system: undefined, trouble: `its host stopped it: ${view.stoppedByHost}` };
  const deadline = Deadline.after(waits.look);
  try {
    // A look waits for nothing: the next one sees a key that has come meanwhile.
    const session = await login(context, view, deadline, 0);
    try {
      return { view, system: await readRunningSystem(session, deadline), trouble: undefined };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof BootfleetError)) throw error;
    return { view, system: undefined, trouble: error.summary };
  }
}
