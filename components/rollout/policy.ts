import { byteSize } from './byte-size.ts';
import { durationSeconds, type Duration } from './duration.ts';
import { leastCounts, mostOfCounts, policyLimits } from './policy-limits.ts';

/** One wave: a number of machines, a percentage of the fleet, or the servers' names. */
export type WaveSize = number | string | readonly string[];

/** One health check of a machine; see `health/`. Exactly one of the kinds is given. */
export interface HealthCheck {
  /** A GET request to the machine. Example: `{ port: 80, path: '/health', status: 200 }`. */
  readonly http?: { readonly port?: number; readonly path?: string; readonly status?: number };
  /** A connection to a port. Example: `{ port: 443 }`. */
  readonly tcp?: { readonly port: number };
  /** A command on the machine that must end with status 0. Example: `{ command: ['rcctl', 'check', 'httpd'] }`. */
  readonly ssh?: { readonly command: readonly string[] };
  /** The state that the machine gave to its cloud's metadata service. Example: `{ state: 'booted' }`. */
  readonly metadata?: { readonly state: string };
  /** Attempts before the check counts as failed; default 5. */
  readonly retries?: number;
  /** For one attempt; default 10s. */
  readonly timeout?: Duration;
}

/** How a fleet is upgraded: the `rollout` section of a fleet file. Every setting has a default. */
export interface RolloutPolicy {
  /**
   * Waves in order; the first is the canary. A number is that many machines more, a percentage is how much of the
   * fleet has been reached after the wave, a list is those servers. Together they must reach every machine.
   * Default `[1, '100%']`. Example: `[1, '50%', '100%']`.
   */
  readonly waves?: readonly WaveSize[];
  /** Machines in work or down at once, over the whole rollout; default 1. */
  readonly maxInFlight?: number;
  /** Failed machines that a wave may have; default 0. */
  readonly maxFailures?: number;
  /** Failed machines that the whole rollout may have; default: as `maxFailures`. */
  readonly maxFailuresTotal?: number;
  /** How long a wave must stay healthy before the next begins; default 0. Example: `30s`. */
  readonly soak?: Duration;
  /** Checks that a machine must pass after its upgrade and during the soak; default none. */
  readonly health?: readonly HealthCheck[];
  /** `rollback` (default): a failed machine is brought back to its old slot. `hold`: it is left as it is, for a look. */
  readonly onFailure?: 'rollback' | 'hold';
  /** Stop after this wave: its number from 1, or `canary`. The next `pulumi up` without it goes on. */
  readonly upTo?: number | 'canary';
  /** Servers that are left alone. Example: `['edge-9']`. */
  readonly exclude?: readonly string[];
  /** Servers that get another image than their own. Example: `{ 'edge-3': 'edge-old' }`. */
  readonly pins?: Readonly<Record<string, string>>;
  /** When machines may be touched; default always. */
  readonly windows?: {
    /** Days, hours, time zone (default UTC). Example: `['Mon-Fri 02:00-04:00', 'Sat,Sun 00:00-06:00 Europe/Paris']`. */
    readonly times: readonly string[];
    /** Outside of them a wave waits (default) or fails. */
    readonly outside?: 'wait' | 'fail';
    /** Longest wait for a window; default 12h. */
    readonly longest?: Duration;
  };
  readonly transfer?: {
    /** `auto` (default) picks by estimate. */
    readonly mode?: TransferMode;
    /** Bytes a second for one machine; default unlimited. Example: `10MB`. */
    readonly limit?: number | string;
  };
  /** Whether a build older than the running one may be installed; default false. Going back on purpose needs it. */
  readonly allowDowngrade?: boolean;
  /** After how much silence another rollout's lock on a machine is broken; default 15m. */
  readonly lockTimeout?: Duration;
  /** Longest time for parts of one machine's upgrade. */
  readonly deadlines?: {
    /** Contact before anything is changed; default 1m. */
    readonly contact?: Duration;
    /** From the first byte until upgrade.sh has ended; default 1h. */
    readonly transfer?: Duration;
    /** From the reboot until the machine answers; default 5m. */
    readonly boot?: Duration;
    /** For all health checks together; default 2m. */
    readonly health?: Duration;
    /** For bringing a machine back to its old slot; default 10m. */
    readonly failBack?: Duration;
  };
}

/** How an image travels; see docs/rollout.md. */
export type TransferMode = 'auto' | 'full' | 'compressed' | 'delta';

/** A policy with every default filled in; times in seconds, sizes in bytes. */
export interface ResolvedPolicy {
  readonly waves: readonly WaveSize[];
  readonly maxInFlight: number;
  readonly maxFailures: number;
  readonly maxFailuresTotal: number;
  readonly soak: number;
  readonly health: readonly HealthCheck[];
  readonly onFailure: 'rollback' | 'hold';
  readonly upTo: number | undefined;
  readonly exclude: readonly string[];
  readonly pins: Readonly<Record<string, string>>;
  readonly windows: {
    readonly times: readonly string[];
    readonly outside: 'wait' | 'fail';
    readonly longest: number;
  };
  readonly transfer: { readonly mode: TransferMode; readonly limit: number | undefined };
  readonly allowDowngrade: boolean;
  readonly lockTimeout: number;
  readonly deadlines: Deadlines;
}

/** Seconds; see `RolloutPolicy.deadlines`. */
export interface Deadlines {
  readonly contact: number;
  readonly transfer: number;
  readonly boot: number;
  readonly health: number;
  readonly failBack: number;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError with what is wrong and what was expected.
 */
export function resolvePolicy(given: RolloutPolicy = {}): ResolvedPolicy {
  const maxFailures = count('maxFailures', given.maxFailures ?? 0);
  const { deadlines = {}, windows, transfer } = given;
  return {
    waves: given.waves?.length ? given.waves : [1, '100%'],
    maxInFlight: count('maxInFlight', given.maxInFlight ?? 1),
    maxFailures,
    maxFailuresTotal: count('maxFailuresTotal', given.maxFailuresTotal ?? maxFailures),
    soak: measured('soak', given.soak ?? 0),
    health: given.health ?? [],
    onFailure: given.onFailure ?? 'rollback',
    upTo: given.upTo === undefined ? undefined : given.upTo === 'canary' ? 1 : count('upTo', given.upTo),
    exclude: given.exclude ?? [],
    pins: given.pins ?? {},
    windows: {
      times: windows?.times ?? [],
      outside: windows?.outside ?? 'wait',
      longest: measured('windows.longest', windows?.longest ?? '12h'),
    },
    transfer: {
      mode: transfer?.mode ?? 'auto',
      limit: transfer?.limit === undefined ? undefined : measured('transfer.limit', transfer.limit, byteSize),
    },
    allowDowngrade: given.allowDowngrade ?? false,
    lockTimeout: measured('lockTimeout', given.lockTimeout ?? '15m'),
    deadlines: {
      contact: measured('deadlines.contact', deadlines.contact ?? '1m'),
      transfer: measured('deadlines.transfer', deadlines.transfer ?? '1h'),
      boot: measured('deadlines.boot', deadlines.boot ?? '5m'),
      health: measured('deadlines.health', deadlines.health ?? '2m'),
      failBack: measured('deadlines.failBack', deadlines.failBack ?? '10m'),
    },
  };
}

function count(name: keyof typeof leastCounts, value: number): number {
  const least = leastCounts[name];
  if (!Number.isInteger(value) || value < least || value > mostOfCounts)
    throw new RangeError(
      `${name} must be a whole number of at least ${least} and at most ${mostOfCounts}, not ${value}`,
    );
  return value;
}

function measured(
  name: keyof typeof policyLimits,
  given: number | string,
  measure: (given: number | string) => number = durationSeconds,
): number {
  const [least, most] = policyLimits[name];
  const found = measure(given);
  if (found < measure(least) || found > measure(most))
    throw new RangeError(`${name} must be from ${least} to ${most}, not ${given}`);
  return found;
}
