import { createHash } from 'node:crypto';
import type { GateMachine, WaveGateInputs, WaveGateState } from './args.ts';

/** A digest of everything on which a gate decides: how the machines ended, in any order, and whether it is paused. */
export function digestOf({
  paused,
  machines,
  ended,
}: Pick<WaveGateInputs, 'paused' | 'machines' | 'ended'>): string {
  const ends = machines.map(({ machine, outcome, sha256 }) => JSON.stringify([machine, outcome, sha256]));
  const waves = ended.map(({ wave, machines: count, stragglers }) => [
    wave,
    count,
    stragglers.map(({ machine, outcome }) => [machine, outcome]),
  ]);
  const text = JSON.stringify([paused, ends.toSorted(), waves]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Whether a machine has passed a soak with that image before. */
export function hasPassed(olds: WaveGateState | undefined, machine: string, sha256: string): boolean {
  return olds?.passed[sha256]?.includes(machine) ?? false;
}

/** How a soak has brought a machine back from that image; undefined when none did, or it has come to it since. */
export function broughtBackFrom(
  olds: Partial<Pick<WaveGateState, 'broughtBack'>> | undefined,
  machine: string,
  sha256: string,
): GateMachine | undefined {
  return olds?.broughtBack?.find((one) => one.machine === machine && one.sha256 === sha256);
}

/** The machines' names by the image that they run. */
export function byImage(
  machines: readonly Pick<GateMachine, 'machine' | 'sha256'>[],
): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { machine, sha256 } of machines) (found[sha256] ??= []).push(machine);
  return found;
}
