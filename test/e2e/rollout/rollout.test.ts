import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildOf } from './builds.ts';
import { mostAtOnce, stepsOf } from './event-log.ts';
import { bad, Lab } from './lab.ts';

// Rollouts with the real CLI on three real machines. The tests build on each other: each begins where the one before
// left the fleet, and says at its end what every machine runs.
let lab: Lab;
const usual = { waves: [1, '100%'], maxInFlight: 2, soak: '2s' };

beforeAll(async () => {
  lab = await Lab.open({ count: 3, img: 1, fs: 1, other: bad.unhealthy, rollout: usual });
  const { output, status } = await lab.stack.run('up');
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
});

afterAll(async () => {
  await lab.close();
});

test('preview shows the plan of every machine and changes nothing', async () => {
  const before = await lab.facts();
  await lab.change({ fs: 2 });
  const { output, status } = await lab.stack.run('preview');
  console.log(output);
  expect(status).toBe(0);
  for (const [name, wave] of [
    ['edge-1', 'canary'],
    ['edge-2', 'wave 2'],
    ['edge-3', 'wave 2'],
  ])
    expect(output).toMatch(
      new RegExp(`${name}: ${buildOf(1)} -> ${buildOf(2)}; slot e, ${wave}, about [\\d.]+ .?B, about \\d+`),
    );
  expect(await lab.facts()).toEqual(before);
});

test('up: the canary first, never more than maxInFlight at once, all upgraded', async () => {
  const log = join(lab.place.folder, 'events');
  const { output, status } = await lab.stack.run('up', ['--event-log', log]);
  console.log(output);
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
  const steps = await stepsOf(log);
  const order = steps.map(({ name, kind }) => `${name} ${kind}`);
  expect(order.slice(0, 3)).toEqual(['edge-1 begun', 'edge-1 ended', 'waves-wave-1 ended']);
  expect(order.slice(3).toSorted()).toEqual([
    'edge-2 begun',
    'edge-2 ended',
    'edge-3 begun',
    'edge-3 ended',
    'waves-rollout ended',
    'waves-wave-2 ended',
  ]);
  expect(mostAtOnce(steps)).toBeLessThanOrEqual(2);
  for (const facts of Object.values(await lab.facts())) expect(facts).toMatchObject(on(2, 'e'));
  const { stdout } = await lab.place.bootfleet(['status', 'waves', '--file', lab.stack.fleetFile, '--json']);
  expect(JSON.parse(stdout)).toMatchObject(
    [1, 2, 3].map((number) => ({
      name: `edge-${number}`,
      build: buildOf(2),
      slot: 'e',
      nextSlot: 'e',
      health: 'ok',
    })),
  );
  expect(await nothingToDo()).toBe(true);
});

test('an unhealthy canary is brought back, and no other machine is touched', async () => {
  const before = await lab.facts();
  await lab.change({
    rollout: { ...usual, pins: { 'edge-1': 'other', 'edge-2': 'other', 'edge-3': 'other' } },
  });
  const { output, status } = await lab.stack.run('up');
  console.log(output);
  expect(status).toBeGreaterThan(0);
  expect(output).toMatch(
    /edge-1 +canary +rolled-back +.*http :80\/health: status 503 instead of 200.* +mend the build, then pulumi up/,
  );
  const after = await lab.facts();
  expect(after['edge-1']).toMatchObject(on(2, 'e'));
  expect(after['edge-1']?.boot).not.toBe(before['edge-1']?.boot);
  expect(after['edge-2']).toEqual(before['edge-2']);
  expect(after['edge-3']).toEqual(before['edge-3']);
});

test('upTo pauses after the canary; a good build goes where the bad one failed', async () => {
  const before = await lab.facts();
  await lab.change({ fs: 4, rollout: { ...usual, upTo: 'canary' } });
  const { output, status } = await lab.stack.run('up');
  console.log(output);
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
  expect(await lab.facts()).toMatchObject({
    'edge-1': on(4, 'd'),
    'edge-2': before['edge-2'],
    'edge-3': before['edge-3'],
  });
});

test('Ctrl-C in a transfer: nothing is activated, no other machine is begun', async () => {
  const before = await lab.facts();
  const slow = { ...usual, maxInFlight: 1, transfer: { mode: 'full', limit: '4MB' } };
  await lab.change({ rollout: slow });
  const up = lab.stack.start('up');
  await up.until(/sending \(full\)/);
  up.kill('SIGINT');
  const { output, status } = await up.done;
  console.log(output);
  expect(status).toBeGreaterThan(0);
  expect(await lab.facts()).toEqual(before);
  const left = await lab.shell('edge-2', "ps | grep '[r]esflash/upgrade.sh'; true");
  expect(left).toBe('');
});

test('Ctrl-C past an activation: the next up finishes what is left', async () => {
  const before = await lab.facts();
  await lab.change({ rollout: { ...usual, maxInFlight: 1 } });
  const up = lab.stack.start('up');
  await up.until(/rebooting/);
  up.kill('SIGINT');
  const { output, status } = await up.done;
  console.log(output);
  expect(status).toBeGreaterThan(0);
  const begun = ['edge-2', 'edge-3'].filter((name) => new RegExp(`${name}.*rebooting`).test(output));
  expect(begun).toHaveLength(1);
  const untouched = begun[0] === 'edge-2' ? 'edge-3' : 'edge-2';
  expect((await lab.facts(untouched))[untouched]).toEqual(before[untouched]);
  const next = await lab.stack.run('up');
  console.log(next.output);
  expect(next.output).not.toContain('error:');
  expect(next.status).toBe(0);
  expect(await lab.facts()).toMatchObject({
    'edge-1': before['edge-1'],
    'edge-2': on(4, 'd'),
    'edge-3': on(4, 'd'),
  });
  expect(await nothingToDo()).toBe(true);
});

function on(version: number, slot: string): { build: string; slot: string } {
  return { build: buildOf(version), slot };
}

/** A further `pulumi up` finds nothing to do and touches no machine. */
async function nothingToDo(): Promise<boolean> {
  const before = await lab.facts();
  const { changes } = await lab.stack.run('up');
  expect(Object.keys(changes)).toEqual(['same']);
  expect(await lab.facts()).toEqual(before);
  return true;
}
