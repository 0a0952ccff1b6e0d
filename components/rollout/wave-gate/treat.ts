import { inParallel } from '../../../waiting/in-parallel.ts';
import { reportProgress } from '../../progress.ts';
import { machineOf } from '../slot-upgrade/machine-of.ts';
import { recall, rememberSeen } from '../slot-upgrade/memory.ts';
import type { GateMachine, WaveGateInputs } from './args.ts';
import { bringBack } from './bring-back.ts';
import { inputsOfMachine, machinesAtOnce } from './one-machine.ts';

/** Brings sick machines back to their old slots, unless they are to be held. */
export function treat(
  inputs: WaveGateInputs,
  machines: readonly GateMachine[],
  sick: ReadonlyMap<string, string>,
): Promise<GateMachine[]> {
  return inParallel(machines, machinesAtOnce, async (one): Promise<GateMachine> => {
    const why = sick.get(one.machine);
    if (why === undefined) return one;
    if (inputs.policy.onFailure === 'hold') return { ...one, outcome: 'held', why };
    reportProgress(inputs.resourceUrn, `bringing ${one.machine} back`);
    const known = await inputsOfMachine(inputs, one);
    const machine = machineOf(known);
    const memory = await recall(inputs.resourceUrn, one.machine);
    const before = memory?.sha256 === known.found.sha256 ? memory.otherSlot : undefined;
    const { seen, ...end } = await bringBack(machine, { why, wanted: known.found, before });
    if (seen) await rememberSeen(inputs.resourceUrn, one.machine, seen);
    return { ...one, ...end, transcript: machine.transcript || one.transcript };
  });
}
