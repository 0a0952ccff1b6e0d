import { reportProgress } from '../../progress.ts';
import { interruption } from '../interrupt.ts';
import { goalOf } from '../slot-upgrade/goal-of.ts';
import { machineOf } from '../slot-upgrade/machine-of.ts';
import { isSuccess } from '../slot-upgrade/outcome.ts';
import { runUpgrade } from '../slot-upgrade/run.ts';
import { waitForWindow } from '../slot-upgrade/wait-for-window.ts';
import type { GateMachine, WaveGateInputs, WaveGateState } from './args.ts';
import { inputsOfMachine } from './one-machine.ts';
import { broughtBackFrom } from './seen.ts';

/** The machines of a wave, and those among them that still are where an earlier soak brought them back to. */
export interface AfterAgain {
  readonly machines: readonly GateMachine[];
  readonly broughtBack: readonly GateMachine[];
}

/**
 * Machines that an earlier soak brought back call themselves upgraded in their own state: they are upgraded again here,
 * one after another. Who does not come to its build stays noted as brought back.
 */
export async function upgradeAgain(
  inputs: WaveGateInputs,
  olds: Pick<WaveGateState, 'broughtBack'> | undefined,
): Promise<AfterAgain> {
  const machines: GateMachine[] = [];
  const broughtBack: GateMachine[] = [];
  for (const one of inputs.machines) {
    const back = mustGoAgain(one, olds);
    if (back === undefined) machines.push(one);
    else if (inputs.paused) {
      machines.push(one);
      broughtBack.push(back);
    } else {
      const now = await again(inputs, one, back);
      machines.push(now);
      if (!isSuccess(now.outcome)) broughtBack.push(back);
    }
  }
  return { machines, broughtBack };
}

/**
 * What a preview says of machines that will be upgraded again. Pure.
 *
 * @param machines of the wave; undefined while their upgrades are not known.
 */
export function againRemarks(
  olds: Pick<WaveGateState, 'broughtBack'>,
  machines: readonly GateMachine[] | undefined,
): string[] {
  if (machines === undefined)
    return olds.broughtBack.map(
      ({ machine }) => `${machine}: it was brought back in its soak; upgraded again unless its image changed`,
    );
  return machines
    .filter((one) => mustGoAgain(one, olds) !== undefined)
    .map(({ machine }) => `${machine}: it was brought back in its soak; upgraded again`);
}

/** How a machine was brought back whose own state calls it a success; undefined when it need not go again. */
function mustGoAgain(
  one: GateMachine,
  olds: Pick<WaveGateState, 'broughtBack'> | undefined,
): GateMachine | undefined {
  return isSuccess(one.outcome) ? broughtBackFrom(olds, one.machine, one.sha256) : undefined;
}

async function again(inputs: WaveGateInputs, one: GateMachine, back: GateMachine): Promise<GateMachine> {
  // Without a soak any more the inputs have no way to it; the state that says that it was brought back has.
  const way = { ...one, target: one.target ?? back.target, image: one.image ?? back.image };
  const known = await inputsOfMachine(inputs, way);
  const closed = await waitForWindow(known, interruption());
  if (closed !== undefined) return { ...one, outcome: 'not-started', why: closed };
  const machine = machineOf(known);
  const report = await runUpgrade(machine, goalOf(known), {
    onStep: (text) => {
      reportProgress(inputs.resourceUrn, `${one.machine}: ${text}`);
    },
    signal: interruption(),
  });
  const outcome = report.outcome === 'unchanged' ? 'switched' : report.outcome;
  return { ...one, outcome, why: report.why, transcript: machine.transcript || one.transcript };
}
