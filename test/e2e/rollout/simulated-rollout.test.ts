import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Meanwhile, SimulatedRollouts, type Update } from './simulated-rollouts.ts';

/**
 * Waves, gates and outcomes under the real CLI. The machines are simulated (they only take time); what real machines do
 * is shown by test/components/rollout/vm.
 */
let rollouts: SimulatedRollouts;
const image = (day: number): string => rollouts.image(day);
const up = (plan: object, meanwhile?: Meanwhile): Promise<Update> => rollouts.up(plan, meanwhile);

beforeAll(async () => {
  rollouts = await SimulatedRollouts.open();
});
afterAll(async () => {
  await rollouts.close();
});

const waves = { waves: [1, '50%', '100%'], maxInFlight: 2 };

describe('a rollout of four machines', () => {
  test('first installation: all unchanged', async () => {
    const { status, outcomes } = await up({ fs: image(21), policy: waves });
    expect(status).toBe(0);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['unchanged']));
  });

  test('a canary that fails stops everything behind it, with a table and exit status', async () => {
    const { status, output, outcomes } = await up({
      fs: image(22),
      policy: waves,
      fails: { 'm-1': 'unhealthy' },
    });
    expect(status).not.toBe(0);
    expect(output).toMatch(/BF1705: canary: 1 of 1 machines failed, allowed are 0/);
    expect(output).toMatch(/m-1 +canary +rolled-back +it is unhealthy +mend the build/);
    expect(outcomes).toEqual({
      'm-1': 'rolled-back',
      'm-2': 'unchanged',
      'm-3': 'unchanged',
      'm-4': 'unchanged',
    });
  });

  test('the next up tries it again and completes; another one changes nothing', async () => {
    const plan = { fs: image(22), policy: waves };
    const { status, outcomes } = await up(plan);
    expect(status).toBe(0);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['upgraded']));
    expect((await up(plan)).output).toMatch(/\b\d+ unchanged\n(?!.*updated)/s);
  });

  test('a failure below the threshold lets the waves go on, and the update still fails at its end', async () => {
    const policy = { ...waves, maxFailures: 1 };
    const { status, output, outcomes } = await up({ fs: image(23), policy, fails: { 'm-2': 'stuck' } });
    expect(status).not.toBe(0);
    expect(outcomes).toMatchObject({ 'm-1': 'upgraded', 'm-2': 'stuck', 'm-4': 'upgraded' });
    expect(output).toMatch(/BF1705: rollout: 1 of 4 machines did not come to their build/);
    expect(output).toMatch(/NEITHER SLOT COMES UP/);
  });

  test('upTo pauses behind the canary; excluded servers are left alone', async () => {
    const policy = { ...waves, upTo: 'canary', exclude: ['m-4'] };
    const { status, outcomes } = await up({ fs: image(22), policy: { ...policy, allowDowngrade: true } });
    expect(status).toBe(0);
    expect(outcomes).toMatchObject({ 'm-1': 'upgraded' });
  });

  test('Ctrl-C: the machine in work is finished, none that waits for its turn is begun', async () => {
    const simulation = { build: '20261121_0900', reboot: 6 };
    const policy = { waves: ['100%'], maxInFlight: 1 };
    const { status, output } = await up(
      { fs: image(23), policy, simulation },
      { interruptAt: /m-2 .*waiting for its turn/ },
    );
    expect(status).not.toBe(0);
    const worked = [...output.matchAll(/SlotUpgrade (m-\d) .*(?:asking|sending|rebooting|checking)/g)];
    expect(new Set(worked.map(([, name]) => name)).size, output).toBe(1);
  });
});

/** A window of the current day in UTC, as minutes from now; minutes of the clock begin at their first second. */
function windowFromNow(from: number, to: number): string {
  const clock = (minutes: number): string =>
    new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);
  return `daily ${clock(from)}-${clock(to)}`;
}

describe('what a policy says of a rollout', () => {
  const one = { waves: ['100%'], maxInFlight: 4 };
  const health = [{ tcp: { port: 1 } }];
  const older = { build: '20261120_0900' };
  const at = (day: number, policy: object, more: object = {}): object => ({
    count: 2,
    fs: image(day),
    policy: { ...one, allowDowngrade: true, ...policy },
    ...more,
  });

  test('outside of its window a wave waits, and is done once it opens', async () => {
    const opens = Math.floor(Date.now() / 60_000 + 1) * 60_000;
    const times = [windowFromNow(opens - Date.now() < 30_000 ? 2 : 1, 30)];
    const { status, output, outcomes } = await up(at(21, { windows: { times } }, { simulation: older }));
    expect(output).toMatch(/m-1 .*waiting [\dms. ]+ for its maintenance window/);
    expect(Date.now()).toBeGreaterThanOrEqual(opens);
    expect(status, output).toBe(0);
    expect(outcomes).toEqual({ 'm-1': 'upgraded', 'm-2': 'upgraded' });
  });

  test('outside of its window a wave fails where that was chosen, and touches nothing', async () => {
    const windows = { times: [windowFromNow(600, 660)], outside: 'fail' };
    const { status, output, outcomes } = await up(at(22, { windows }));
    expect(status).not.toBe(0);
    expect(output).toMatch(
      /m-1 +only wave +not-started +m-1 may only be touched in its maintenance window; the next opens in (?:9\.9|10) h/,
    );
    expect(output).not.toMatch(/m-\d .*(?:sending|rebooting)/);
    expect(outcomes).toEqual({ 'm-1': 'not-started', 'm-2': 'not-started' });
  });

  test('a machine that runs what it shall needs no window', async () => {
    const windows = { times: [windowFromNow(600, 660)], outside: 'fail' };
    const { status, output, outcomes } = await up(
      at(22, { windows }, { simulation: { build: '20261122_0900' } }),
    );
    expect(status, output).toBe(0);
    expect(outcomes).toEqual({ 'm-1': 'unchanged', 'm-2': 'unchanged' });
  });

  test('a machine that turns sick during the soak is brought back, and upgraded again by the next up', async () => {
    const policy = { health, soak: '20s' };
    const { status, output } = await up(at(23, policy, { fails: { 'm-2': 'sick' } }));
    expect(status).not.toBe(0);
    expect(output).toMatch(/1 of 2 machines were unhealthy during the soak/);
    expect(output).toMatch(/m-2 +only wave +rolled-back +it is unhealthy/);
    expect(output).not.toMatch(/m-1 +only wave +rolled-back/);
    const next = await up(at(23, { health }));
    expect(next.status, next.output).toBe(0);
    // Progress comes at most now and then: which of its steps is shown differs.
    expect(next.output).toMatch(/sim-wave-1 .*m-2: (?:asking|sending|rebooting|checking)/);
    expect(next.output).not.toMatch(/sim-wave-1 .*m-1: /);
  });

  test('with onFailure hold a machine that turns sick is left as it is', async () => {
    const { status, output } = await up(
      at(21, { health, soak: '20s', onFailure: 'hold' }, { fails: { 'm-1': 'sick' }, simulation: older }),
    );
    expect(status).not.toBe(0);
    expect(output).toMatch(/m-1 +only wave +held +it is unhealthy +look at it/);
    expect(output).not.toMatch(/bringing/);
  });

  test('with onFailure hold a machine that fails its checks is left as it is', async () => {
    // One may fail, so that the other is tried also when its turn comes later.
    const policy = { health, onFailure: 'hold', maxFailures: 1 };
    const { status, output, outcomes } = await up(at(22, policy, { fails: { 'm-1': 'unhealthy' } }));
    expect(status).not.toBe(0);
    expect(output).toMatch(/m-1 +only wave +held +it is unhealthy/);
    expect(outcomes).toMatchObject({ 'm-1': 'held', 'm-2': 'upgraded' });
  });

  test('a pinned machine gets its own image, the others theirs', async () => {
    const { status, output, builds } = await up(at(23, { pins: { 'm-2': 'other' } }, { other: image(22) }));
    expect(status, output).toBe(0);
    expect(builds).toEqual({ 'm-1': '20261123_0900', 'm-2': '20261122_0900' });
  });

  test('a second rollout on the same machines is refused at once, and told who holds them', async () => {
    // The first one's transfers last until the second one has ended.
    const ended = path.join(rollouts.folder, 'second-has-ended');
    const simulation = { ...older, transferUntil: ended, locks: rollouts.folder };
    // Both are tried, also when one is refused before the other's turn has come.
    const both = { maxFailures: 2 };
    let second: ReturnType<typeof up> | undefined;
    const begin = (): void => {
      second = up(at(22, both, { simulation }), { stack: 'sim-2' }).finally(() => writeFile(ended, ''));
    };
    const first = await up(at(21, {}, { simulation }), {
      at: [/m-2 .*(?:waiting for its turn|asking|sending)/, begin],
    });
    const other = await second;
    expect(first.status, first.output).toBe(0);
    expect(first.outcomes).toEqual({ 'm-1': 'upgraded', 'm-2': 'upgraded' });
    expect(other?.status).not.toBe(0);
    const { username } = os.userInfo();
    expect(other?.output).toMatch(
      new RegExp(
        `m-1 +only wave +failed +m-1 is being upgraded by somebody else: owner=${username} host=${os.hostname()}`,
      ),
    );
    expect(other?.outcomes).toEqual({ 'm-1': 'failed', 'm-2': 'failed' });
    const again = await up(at(22, {}, { simulation }), { stack: 'sim-2' });
    expect(again.status, again.output).toBe(0);
  });

  test('a fleet whose rollout has failed can be refreshed and destroyed', async () => {
    const failed = await up(at(23, {}, { fails: { 'm-1': 'unhealthy' } }), { stack: 'sim-2' });
    expect(failed.output).toMatch(/BF1705: only wave: 1 of 2 machines failed/);
    for (const command of ['refresh', 'destroy'] as const) {
      const { status, output } = await rollouts.run(command, 'sim-2');
      expect(status, output).toBe(0);
    }
  });
});
