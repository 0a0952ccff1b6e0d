import type { SendMode } from '../../../../../transfer/delta/choose-mode.ts';

/** Numbers between 0 and 1 that a seed determines. Source: mulberry32, public domain. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One cut, before it is made. */
export interface CutPlan {
  readonly seed: number;
  /** Whether the upgrade sends a build that neither slot holds, or goes back to the one in the other slot. */
  readonly kind: 'transfer' | 'switch';
  readonly mode: SendMode;
  /** The cut comes this long after a step whose text begins so. */
  readonly aim: string;
  /** Seconds. */
  readonly after: number;
  /** Whether the process that does the upgrade is killed in the same moment. */
  readonly orchestrator: 'killed' | 'alive';
}

interface Aim {
  readonly step: string;
  /** The longest time behind it, in seconds. */
  readonly most: number;
}

/**
 * Where cuts are aimed at. By step and not by time alone, because on a slow machine nearly all the time is transfer, and
 * the dangerous steps are short.
 */
const aims: Record<CutPlan['kind'], readonly Aim[]> = {
  transfer: [
    { step: 'sending', most: 8 },
    { step: 'sending', most: 8 },
    { step: 'digest confirmed', most: 3 },
    { step: 'upgrade.sh: Checking', most: 0.5 },
    { step: 'upgrade.sh: Updating MBR', most: 0.5 },
    { step: 'upgrade.sh: Everything looks good', most: 0.3 },
    { step: 'upgrade.sh: Upgrade complete', most: 2 },
    { step: 'rebooting', most: 3 },
    { step: 'rebooting', most: 12 },
    { step: 'checking its health', most: 0.5 },
  ],
  switch: [
    { step: 'comparing', most: 2 },
    { step: 'switching', most: 0.5 },
    { step: 'rebooting', most: 12 },
  ],
};

/**
 * Draws a cut from its seed: one in eight hits a switch, and about half kill the process that does the upgrade. Pure.
 *
 * @param canSwitch whether the other slot is known to hold a whole build.
 */
export function planCut(seed: number, canSwitch: boolean): CutPlan {
  const random = randomFrom(seed);
  const oneOf = <T>(values: readonly T[]): T =>
    values[Math.floor(random() * values.length)] ?? (values[0] as T);
  const kind = random() < 1 / 8 && canSwitch ? 'switch' : 'transfer';
  const mode = oneOf(['full', 'compressed', 'delta'] as const);
  const { step, most } = oneOf(aims[kind]);
  const after = Math.round(random() * most * 100) / 100;
  return { seed, kind, mode, aim: step, after, orchestrator: random() < 0.5 ? 'killed' : 'alive' };
}

/** The seed of a campaign's next cut: far from the others, so that neighbours are not alike. Pure. */
export function seedOf(campaign: number, cut: number): number {
  return Math.floor(randomFrom((campaign + Math.imul(cut, 0x9e3779b1)) >>> 0)() * 2 ** 32);
}
