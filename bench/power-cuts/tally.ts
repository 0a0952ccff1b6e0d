import type { Cut } from '../../test/components/rollout/vm/power-cuts/cut.ts';

/** What a campaign came to. */
export interface Tally {
  readonly cuts: number;
  readonly survived: number;
  readonly killed: number;
  /** How many cuts hit a transfer, the work of upgrade.sh and so on: by aim. */
  readonly byAim: Readonly<Record<string, number>>;
}

/** Counts all cuts, failures included. Pure. */
export function tally(cuts: readonly Cut[]): Tally {
  const byAim: Record<string, number> = {};
  for (const { aim } of cuts) byAim[aim] = (byAim[aim] ?? 0) + 1;
  return {
    cuts: cuts.length,
    survived: cuts.filter(({ failure }) => !failure).length,
    killed: cuts.filter(({ orchestrator }) => orchestrator === 'killed').length,
    byAim,
  };
}
