import type { WaveSize } from '../policy.ts';

/** One wave of a rollout. */
export interface Wave {
  /** Its place in the policy, from 1. Wave 1 is the canary. A wave that reaches no server is left out. */
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

/** What the plan reads of a policy. */
export interface WavePolicy {
  readonly waves: readonly WaveSize[];
  readonly exclude: readonly string[];
  readonly upTo: number | undefined;
}

/** What cannot be meant in a policy. */
export interface WaveProblem {
  /**
   * `form`: no count, percentage or list. `upTo`: there is no such wave. `unknown`: no server is called so. `twice`: a server is in two places.
   * `passed`: a wave before it reaches as far. `no-canary`: the first wave is empty and others are not. `unreached`:
   * servers are in no wave.
   */
  readonly kind: 'form' | 'upTo' | 'unknown' | 'twice' | 'passed' | 'no-canary' | 'unreached';
  /** Where in the policy. Example: `['waves', 1, 0]`. */
  readonly path: readonly (string | number)[];
  /** In words. Example: `server edge-1 is in two waves`. */
  readonly text: string;
  /** The server that it is about; for `unreached` some of them, for people. */
  readonly server: string;
}

/**
 * Divides servers into waves, or says what is wrong: the one rule by which a fleet file is checked and a rollout is
 * planned. Pure.
 *
 * Every server that is not excluded is in exactly one wave, and no wave is empty. Lists are taken first out of the
 * order, so that a server that is named for a later wave is never taken by an earlier count. A count is so many servers
 * more, a percentage is how much of the fleet has been reached after the wave.
 *
 * @param servers names in the fleet's order.
 */
export function divideIntoWaves(
  servers: readonly string[],
  policy: WavePolicy,
): { readonly plan: WavePlan } | { readonly problems: readonly [WaveProblem, ...WaveProblem[]] } {
  const [wrong, ...more] = [...nameProblems(servers, policy), ...sizeProblems(policy)];
  if (wrong) return { problems: [wrong, ...more] };
  const excluded = new Set(policy.exclude);
  const taking = servers.filter((name) => !excluded.has(name));
  const { groups, left } = fill(taking, policy.waves, excluded);
  if (left.length > 0)
    return { problems: [problem('unreached', ['waves'], `no wave reaches ${some(left)}`, some(left))] };
  if (groups[0]?.length === 0 && taking.length > 0) {
    const text = 'the first wave reaches no server, so that there would be no canary';
    return { problems: [problem('no-canary', ['waves', 0], text)] };
  }
  const filled = groups.filter((group) => group.length > 0).length;
  const waves = groups.flatMap((group, index): Wave[] => {
    const number = index + 1;
    const name = filled === 1 ? 'only wave' : waveName(number, groups.length);
    const paused = policy.upTo !== undefined && number > policy.upTo;
    return group.length === 0 ? [] : [{ number, name, servers: group, paused }];
  });
  return { plan: { waves, excluded: servers.filter((name) => excluded.has(name)) } };
}

/**
 * Divides servers into waves.
 *
 * @param servers names in the fleet's order.
 * @throws RangeError with what is wrong; see `WaveProblem`.
 * @example planWaves(['a', 'b', 'c', 'd'], { waves: [1, '50%', '100%'], exclude: [], upTo: undefined })
 *   // canary: a; wave 2: b; wave 3: c, d
 */
export function planWaves(servers: readonly string[], policy: WavePolicy): WavePlan {
  const result = divideIntoWaves(servers, policy);
  if ('plan' in result) return result.plan;
  throw new RangeError(result.problems[0].text);
}

function waveName(number: number, of: number): string {
  return number === 1 ? 'canary' : `wave ${number} of ${of}`;
}

/** The servers of each wave, and those that no wave reaches. */
function fill(
  taking: readonly string[],
  sizes: readonly WaveSize[],
  excluded: ReadonlySet<string>,
): { groups: string[][]; left: string[] } {
  const listed = new Set(sizes.flatMap((size) => (typeof size === 'object' ? size : [])));
  const free = taking.filter((name) => !listed.has(name));
  let [next, reached] = [0, 0];
  const groups = sizes.map((size) => {
    if (typeof size === 'object') {
      const group = size.filter((name) => !excluded.has(name));
      reached += group.length;
      return group;
    }
    const more =
      typeof size === 'number' ? size : Math.ceil((percentOf(size) * taking.length) / 100) - reached;
    const group = free.slice(next, next + Math.max(0, more));
    next += group.length;
    reached += group.length;
    return group;
  });
  return { groups, left: free.slice(next) };
}

function nameProblems(servers: readonly string[], { waves, exclude }: WavePolicy): WaveProblem[] {
  const known = new Set(servers);
  const seen = new Set<string>();
  const inWaves = waves.flatMap((wave, i): WaveProblem[] =>
    (Array.isArray(wave) ? (wave as readonly string[]) : []).flatMap((name, j): WaveProblem[] => {
      const path = ['waves', i, j];
      if (!known.has(name)) return [unknown(path, name)];
      if (seen.has(name)) return [problem('twice', path, `server ${name} is in two waves`, name)];
      seen.add(name);
      return [];
    }),
  );
  const out = exclude.flatMap((name, i) => (known.has(name) ? [] : [unknown(['exclude', i], name)]));
  return [...inWaves, ...out];
}

/** Sizes that mean nothing whatever the fleet: a wave that fills only in a larger fleet is none of them. */
function sizeProblems({ waves, upTo = 1 }: WavePolicy): WaveProblem[] {
  let reached = 0;
  const sizes = waves.flatMap((size, i): WaveProblem[] => {
    if (Array.isArray(size)) return [];
    const path = ['waves', i];
    const percent = typeof size === 'string' ? percentOf(size) : Number.NaN;
    const isCount = typeof size === 'number' && Number.isInteger(size) && size >= 1;
    if (!isCount && Number.isNaN(percent)) {
      const wanted = 'write a number of at least 1, a percentage up to 100%, or a list of servers';
      return [problem('form', path, `"${String(size)}" is not a wave; ${wanted}`)];
    }
    if (isCount ? reached === 100 : percent <= reached) {
      const text = `the wave ${String(size)} comes after one of ${reached}%, which reaches as far already`;
      return [problem('passed', path, text)];
    }
    if (!isCount) reached = percent;
    return [];
  });
  const noSuchWave = upTo > Math.max(1, waves.length);
  const text = `upTo is ${upTo}, but there are ${waves.length} waves`;
  return noSuchWave ? [...sizes, problem('upTo', ['upTo'], text)] : sizes;
}

/** The form that the schema of fleet files takes too; `NaN` for any other. */
function percentOf(text: string): number {
  return Number(/^(100|[1-9][0-9]?)%$/.exec(text)?.[1] ?? Number.NaN);
}

function unknown(path: WaveProblem['path'], name: string): WaveProblem {
  const text = `${String(path[0])} names ${name}, but no server of the rollout is called so`;
  return problem('unknown', path, text, name);
}

function problem(
  kind: WaveProblem['kind'],
  path: WaveProblem['path'],
  text: string,
  server = '',
): WaveProblem {
  return { kind, path, text, server };
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
