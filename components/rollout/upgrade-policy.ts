import { isDeepStrictEqual } from 'node:util';
import { resolvePolicy, type ResolvedPolicy } from './policy.ts';
import type { UpgradePolicy } from './slot-upgrade/args.ts';

/** A policy as the state holds it: only what differs from the defaults, and nothing when nothing does. */
export type StoredPolicy = { readonly [Name in keyof UpgradePolicy]?: Partial<UpgradePolicy[Name]> };

/** The part of a rollout's policy that upgrades and gates need. */
export function upgradePolicy(policy: ResolvedPolicy): UpgradePolicy {
  const {
    maxInFlight,
    maxFailures,
    maxFailuresTotal,
    health,
    onFailure,
    windows,
    transfer,
    allowDowngrade,
    lockTimeout,
    deadlines,
  } = policy;
  const { mode, limit } = transfer;
  return {
    maxInFlight, maxFailures, maxFailuresTotal, health, onFailure, windows, allowDowngrade, lockTimeout, deadlines,
    transfer: { mode, ...(limit !== undefined && { limit }) },
  }; // prettier-ignore
}

const usual = upgradePolicy(resolvePolicy());

/**
 * Leaves out what is as by default. A policy goes with each machine of a rollout, and the engine writes the whole
 * state at each step: a thousand copies of it made every step of an update slower.
 *
 * @example storedPolicy(upgradePolicy(resolvePolicy({ maxInFlight: 5 }))) // { maxInFlight: 5 }
 */
export function storedPolicy(policy: UpgradePolicy): StoredPolicy | undefined {
  const rest = differing(policy, usual);
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** The policy that was stored, also by versions that stored all of it. */
export function policyOf(stored: StoredPolicy | undefined): UpgradePolicy {
  return filled(stored ?? {}, usual) as unknown as UpgradePolicy;
}

type Plain = Readonly<Record<string, unknown>>;

function differing(value: object, from: object): Plain {
  const rest = Object.entries(value).flatMap(([name, one]): [string, unknown][] => {
    const other = (from as Plain)[name];
    if (one === undefined || isDeepStrictEqual(one, other)) return [];
    return [[name, isPlain(one) && isPlain(other) ? differing(one, other) : one]];
  });
  return Object.fromEntries(rest);
}

function filled(value: object, from: object): Plain {
  const given = value as Plain;
  const nested = Object.entries(from as Plain).flatMap(([name, other]) => {
    const one = given[name];
    return isPlain(one) && isPlain(other) ? [[name, filled(one, other)]] : [];
  });
  return { ...from, ...given, ...(Object.fromEntries(nested) as Plain) };
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
