import { unseenSince } from '../unseen.ts';
import type { BootState } from './args.ts';
import type { Look } from './look.ts';

/**
 * The state of a machine after a look at it. Pure. What it ran when it last answered is no fact about now: of one that is
 * off or does not answer nothing is kept but since when.
 *
 * @param now milliseconds since 1970.
 */
export function afterLook(state: BootState, { view, system }: Look, now: number): BootState {
  const { unseenSince: before, ...known } = state;
  return {
    ...known,
    ...(system ?? { build: '', slot: '', nextSlot: '', unseenSince: unseenSince(before, now) }),
    power: view.power,
    state: view.stateDetail,
    reachable: system !== undefined,
    ...(view.address && { address: view.address.host }),
  };
}
