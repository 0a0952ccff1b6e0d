import type { WaveSize } from '../policy.ts';

/** One wave of a rollout. */
export interface Wave {
  /** From 1. Wave 1 is the canary. */
  readonly number: number;
  /** Example: `wave 2 of 3`; the first is `canary` when there is more than one. */
  readonly name: string;
  readonly servers: readonly string[];
  /** True for waves after `upTo`: they are planned and not started. */
  readonly paused: boolean;
}

/** Which server is upgraded in which wave, and which are left out. */
export interface WavePlan {
  readonly waves: readonly Wave[];
  readonly excluded: readonly string[];
}

/** What `planWaves` reads of a policy. */
export interface WavePolicy {
  readonly waves: readonly WaveSize[];
  readonly exclude: readonly string[];
  readonly upTo: number | undefined;
}

/**
 * Divides servers into waves. Every server that is not excluded is in exactly one wave; no wave is empty; machines
 * that the given waves do not reach form a last one. Lists are taken first out of the order, so that a server that is
 * named for a later wave is never taken by an earlier count.
 *
 * @param servers names in the fleet's order.
 * @throws RangeError for sizes that mean nothing and names that no server has.
 * @example planWaves(['a', 'b', 'c', 'd'], { waves: [1, '50%', '100%'], exclude: [], upTo: undefined })
 *   // canary: a; wave 2: b; wave 3: c, d
 */
export function planWaves(servers: readonly string[], policy: WavePolicy): WavePlan {
  const known = new Set(servers);
  requireKnown('exclude', policy.exclude, known);
  const excluded = new Set(policy.exclude);
  const taking = servers.filter((name) => !excluded.has(name));
  const listed = listedServers(policy.waves, known);
  const free = taking.filter((name) => !listed.has(name));
  const groups: string[][] = [];
  let reached = 0;
  for (const size of policy.waves) {
    const group = Array.isArray(size)
      ? (size as readonly string[]).filter((name) => !excluded.has(name))
      : free.splice(0, countOf(size as number | string, reached, taking.length));
    reached += group.length;
    if (group.length > 0) groups.push(group);
  }
  if (free.length > 0) groups.push(free);
  const waves = groups.map((group, index) => ({
    number: index + 1,
    name: waveName(index + 1, groups.length),
    servers: group,
    paused: policy.upTo !== undefined && index + 1 > policy.upTo,
  }));
  return { waves, excluded: servers.filter((name) => excluded.has(name)) };
}

/** Example: `waveName(1, 3) === 'canary'`. */
export function waveName(number: number, of: number): string {
  if (of === 1) return 'only wave';
  return number === 1 ? 'canary' : `wave ${number} of ${of}`;
}

function listedServers(waves: readonly WaveSize[], known: ReadonlySet<string>): ReadonlySet<string> {
  const listed = new Set<string>();
  for (const wave of waves) {
    if (!Array.isArray(wave)) continue;
    requireKnown('waves', wave as string[], known);
    for (const name of wave as string[]) {
      if (listed.has(name)) throw new RangeError(`server ${name} is in two waves`);
      listed.add(name);
    }
  }
  return listed;
}

function requireKnown(where: string, names: readonly string[], known: ReadonlySet<string>): void {
  for (const name of names) {
    if (!known.has(name))
      throw new RangeError(`${where} names ${name}, but no server of the fleet is called so`);
  }
}

/** How many machines a size means now. A percentage counts what earlier waves have reached and always reaches one more. */
function countOf(size: number | string, reached: number, all: number): number {
  if (typeof size === 'number') {
    if (Number.isInteger(size) && size >= 1) return size;
  } else {
    const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(size)?.[1] ?? Number.NaN);
    if (percent > 0 && percent <= 100) return Math.max(0, Math.ceil((percent * all) / 100 - 1e-9) - reached);
  }
  throw new RangeError(
    `"${size}" is not a wave; write a number of at least 1, a percentage up to 100%, or a list of servers`,
  );
}
