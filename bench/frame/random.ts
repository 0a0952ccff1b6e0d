import { randomFrom } from '../../test/components/rollout/vm/power-cuts/plan-cut.ts';

/** Draws from a seed. */
export interface Draw {
  /** Between 0 and 1. */
  readonly number: () => number;
  readonly chance: (of: number) => boolean;
  readonly oneOf: <T>(values: readonly [T, ...T[]]) => T;
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number;
  /** Seconds, to a hundredth. */
  readonly seconds: (least: number, most: number) => number;
}

/** Everything that is drawn is determined by the seed. */
export function drawFrom(seed: number): Draw {
  const number = randomFrom(seed);
  return {
    number,
    chance: (of) => number() < of,
    oneOf: (values) => values[Math.floor(number() * values.length)] ?? values[0],
    between: (least, most) => least + Math.floor(number() * (most - least + 1)),
    seconds: (least, most) => Math.round((least + number() * (most - least)) * 100) / 100,
  };
}
