/**
 * Every error there is, by code. The first two digits of a code name its area, and each area has a file:
 * 10 fleet-file, 11 image, 12 boot, 13 console, 14 cloud, 15 storage, 16 machine, 17 rollout, 18 localcloud,
 * 19 setup, 20 state. `docs/errors.md` is generated from this list by `npm run docs`.
 */
import type { ErrorDefinition, Facts } from './error.ts';
import * as boot from './boot.ts';
import * as cloud from './cloud.ts';
import * as console from './console.ts';
import * as fleetFile from './fleet-file.ts';
import * as image from './image.ts';
import * as localcloud from './localcloud.ts';
import * as machine from './machine.ts';
import * as rollout from './rollout.ts';
import * as setup from './setup.ts';
import * as state from './state.ts';
import * as storage from './storage.ts';

/** A definition whose facts' type no longer matters: for listing, not for making. */
export type AnyDefinition = Omit<ErrorDefinition<Facts>, 'message' | 'next'> & {
  message: (facts: never) => string;
  next: (facts: never) => string;
};

const areas = { fleetFile, image, boot, console, cloud, storage, machine, rollout, localcloud, setup, state };

/** All definitions, ordered by code. */
export function allErrors(): readonly AnyDefinition[] {
  const found: AnyDefinition[] = [];
  for (const area of Object.values(areas)) {
    for (const exported of Object.values(area as Record<string, unknown>)) {
      if (typeof exported === 'function' && 'definition' in exported)
        found.push(exported.definition as AnyDefinition);
    }
  }
  return found.sort((a, b) => a.code.localeCompare(b.code));
}
