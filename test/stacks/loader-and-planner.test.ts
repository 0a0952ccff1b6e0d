import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planRollout } from '../../components/rollout/plan/plan-rollout.ts';
import type { RolloutPolicy } from '../../components/rollout/policy.ts';
import { upgradable } from '../../components/rollout/upgradable.ts';
import { readFleetFile } from '../../stacks/load.ts';
import { runs } from '../property-runs.ts';
import { altered, fleetFolder, good } from './fleet-folder.ts';

const { write, problemsOf } = fleetFolder();

const ssh = { key: 'images/key' };
const images = { edge: { img: 'images/edge.img', fs: 'images/edge.fs' }, plain: { img: 'images/edge.img' } };
const groups = ['edge', 'plain', 'live'] as const;

/** Three groups: one that is upgraded, one whose image has no slot image, one without a disk. */
function fileWith(counts: readonly number[], rollout: unknown): string {
  const [edge, plain, live] = counts;
  const network = { script: 'chain', url: 'http://boot.example.org/x', proof: { metadata: {} } };
  return JSON.stringify({
    fleet: 'demo',
    cloud: { scaleway: { zone: 'fr-par-1', endpoint: 'local' } },
    images,
    servers: {
      edge: { count: edge, type: 'START1-XS', image: 'edge', ssh },
      plain: { count: plain, type: 'START1-XS', image: 'plain', ssh },
      live: { count: live, type: 'START1-XS', boot: network },
    },
    rollout,
  });
}

/** What the program does with the same policy. */
function plannerRefuses(counts: readonly number[], rollout: RolloutPolicy): boolean {
  const servers = groups.flatMap((group, i) =>
    Array.from({ length: counts[i] ?? 0 }, (_, n) => ({
      name: `${group}-${n + 1}`,
      image: group === 'live' ? undefined : group,
    })),
  );
  const members = upgradable(servers, rollout.pins ?? {}, (image) => image === 'edge');
  try {
    planRollout(
      members.map(({ name }) => name),
      ['edge'],
      rollout,
    );
    return false;
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

// Mostly servers that exist, so that a good part of the policies means something.
const server = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 5 }).map((n) => `edge-${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('plain-1', 'live-1', 'egde-1', 'constructor-1') },
);
const wave = fc.oneof(
  fc.integer({ min: 1, max: 4 }),
  fc.constantFrom('1%', '25%', '50%', '75%', '100%'),
  fc.uniqueArray(server, { minLength: 1, maxLength: 3 }),
);
const duration = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('90s', '5m', '1.5h', '0.5d') },
  { weight: 1, arbitrary: fc.constantFrom('1ms', '30s', '8d', '999999999999h', '0.0s') },
  { weight: 5, arbitrary: fc.double({ min: 60, max: 3600, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1e-7, 1e21, -1) },
);
const window = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('daily 02:00-04:00', 'Sat-Mon 23:00-01:00 Europe/Paris') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Mun 02:00-04:00', 'daily 24:00-01:00', 'daily 1:00-2:00 Moon/Sea'),
  },
);
const policy = fc.record(
  {
    waves: fc
      .array(wave, { minLength: 1, maxLength: 4 })
      .chain((waves) => fc.boolean().map((whole) => (whole ? [...waves, '100%'] : waves))),
    exclude: fc.uniqueArray(server, { maxLength: 2 }),
    pins: fc.dictionary(server, fc.constantFrom('edge', 'edge', 'plain', 'other'), { maxKeys: 1 }),
    upTo: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant('canary' as const)),
    windows: fc.record(
      { times: fc.array(window, { minLength: 1, maxLength: 2 }), longest: duration },
      { requiredKeys: ['times'] },
    ),
    maxInFlight: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1.5, 10_001, 1e300) },
    ),
    maxFailures: fc.integer({ min: 0, max: 9 }),
    soak: duration,
    lockTimeout: duration,
    transfer: fc.record({
      limit: fc.oneof(
        fc.constantFrom('10MB', '1.5GB', '10MB', '0MB', '101GB'),
        fc.integer({ min: 900, max: 1e6 }),
      ),
    }),
  },
  { requiredKeys: [] },
);

test('what the loader accepts the planner can plan, and what it refuses the planner refuses', () => {
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat({ max: 1 }), fc.nat({ max: 1 })),
      policy,
      (counts, rollout) => {
        const result = readFleetFile(write(fileWith(counts, rollout)), 'test');
        const loaderRefuses = 'problems' in result;
        const told = loaderRefuses ? result.problems.map(({ summary }) => summary).join('; ') : 'accepted';
        expect(plannerRefuses(counts, rollout as unknown as RolloutPolicy), told).toBe(loaderRefuses);
        if (loaderRefuses) refused += 1;
        else accepted += 1;
      },
    ),
    { numRuns: runs(400) },
  );
  expect(accepted).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
});

test.each([
  ['a list in front of which a count is planned', '[1, [edge-1, edge-3]]', []],
  [
    'a server in two waves',
    '[[edge-1], [edge-1, edge-2]]',
    [/^BF1022 19:22 rollout.waves\[1\]\[0\] \|.*edge-1 is in two/],
  ],
  [
    'a share that goes back',
    '[50%, 25%, 100%]',
    [/^BF1022 19:16 rollout.waves\[1\] \|.*25% comes after one of 50%/],
  ],
  ['a count after everything', '[100%, 1]', [/^BF1022 19:17 rollout.waves\[1\] \|/]],
  ['no canary', '[1, [edge-1, edge-2, edge-3]]', [/^BF1022 19:11 rollout.waves\[0\] \|.*no canary/]],
] as const)('waves: %s', (_name, waves, expected) => {
  const problems = problemsOf(altered('[1, 50%, 100%]', waves));
  expect(problems).toHaveLength(expected.length);
  for (const [i, pattern] of expected.entries()) expect(problems[i]).toMatch(pattern);
});

test('a stop behind a wave that does not exist', () => {
  expect(problemsOf(altered('maxFailures: 0', 'upTo: 4'))).toEqual([
    expect.stringMatching(/^BF1022 21:9 rollout.upTo \|.*upTo is 4, but there are 3 waves/),
  ]);
});

test('a server whose image has no slot image', () => {
  const text = good
    .replace('    fs: images/edge.fs\n', '')
    .replace('  maxFailures: 0', '  exclude: [edge-2]');
  expect(problemsOf(text)).toEqual([
    expect.stringMatching(
      /^BF1021 20:13 rollout.exclude\[0\] \|.*edge-2 has the image edge, which has no `fs`/,
    ),
  ]);
});
