import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildOf } from './builds.ts';
import { mostAtOnce, stepsOf } from './event-log.ts';
import type { PlanRow } from '../../../cli/plan-rows.ts';
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
  expect(status).toBe(0);
  for (const [name, wave] of [
    ['edge-1', 'canary'],
    ['edge-2', 'wave 2 of 2'],
    ['edge-3', 'wave 2 of 2'],
  ])
    expect(output).toMatch(
      new RegExp(`${name}: ${buildOf(1)} -> ${buildOf(2)}; slot e, ${wave}, about [\\d.]+ .?B, about \\d+`),
    );
  const { stdout } = await lab.place.bootfleet(['plan', 'waves', '--file', lab.stack.fleetFile, '--json']);
  const move = { action: 'upgrade', from: buildOf(1), to: buildOf(2), slot: 'e' };
  expect(JSON.parse(stdout)).toMatchObject([
    { name: 'edge-1', wave: 'canary', ...move },
    { name: 'edge-2', wave: 'wave 2 of 2', ...move },
    { name: 'edge-3', wave: 'wave 2 of 2', ...move },
  ]);
  expect(await lab.facts()).toEqual(before);
});

test('plan and preview tell the same of every disk that would be lost, and change nothing', async () => {
  const before = await lab.facts();
  const names = ['edge-1', 'edge-2', 'edge-3'];
  for (const { group, action, text } of [
    {
      group: { disk: 12 },
      action: 'replace',
      text: 'it is REPLACED (disk 25 GB -> 12 GB) and loses its data',
    },
    { group: { type: 'START1-S' }, action: 'replace', text: 'it is REPLACED (type START1-XS -> START1-S' },
    { group: { image: 'other' }, action: 'rewrite', text: 'its disk will be written with image other' },
  ]) {
    await lab.change({ group });
    const { output, status } = await lab.stack.run('preview');
    expect(status).toBe(0);
    const { stdout } = await lab.place.bootfleet(['plan', 'waves', '--file', lab.stack.fleetFile, '--json']);
    const rows = JSON.parse(stdout) as PlanRow[];
    expect(rows.map(({ name }) => name)).toEqual(names);
    for (const { name, why, ...row } of rows) {
      expect(row).toMatchObject({ action, losesData: true, wave: 'at once' });
      expect(why).toContain(text);
      expect(why).toContain(`ALL DATA on ${name} WILL BE LOST`);
      expect(output).toContain(`${name}: ${why}`);
    }
  }
  await lab.change({ group: {} });
  expect(await lab.facts()).toEqual(before);
});

test('up: the canary first, never more than maxInFlight at once, all upgraded', async () => {
  const log = join(lab.place.folder, 'events');
  const { output, status } = await lab.stack.run('up', ['--event-log', log]);
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
  const steps = await stepsOf(log);
  const order = steps.map(({ name, kind }) => `${name} ${kind}`);
  expect(order.slice(0, 3)).toEqual(['edge-1 begun', 'edge-1 ended', 'waves-wave-1 ended']);
  // The gate behind the last wave counts failures, of which there are none, as before: it has nothing to decide anew.
  expect(order.slice(3).toSorted()).toEqual([
    'edge-2 begun',
    'edge-2 ended',
    'edge-3 begun',
    'edge-3 ended',
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
  const { status } = await up.done;
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
  expect(status).toBeGreaterThan(0);
  const begun = ['edge-2', 'edge-3'].filter((name) => new RegExp(`${name}.*rebooting`).test(output));
  expect(begun).toHaveLength(1);
  const untouched = begun[0] === 'edge-2' ? 'edge-3' : 'edge-2';
  expect((await lab.facts(untouched))[untouched]).toEqual(before[untouched]);
  const next = await lab.stack.run('up');
  expect(next.output).not.toContain('error:');
  expect(next.status).toBe(0);
  expect(await lab.facts()).toMatchObject({
    'edge-1': before['edge-1'],
    'edge-2': on(4, 'd'),
    'edge-3': on(4, 'd'),
  });
  expect(await nothingToDo()).toBe(true);
});

test('a slot switched by hand: refresh tells, up repairs it without sending anything', async () => {
  const before = await lab.facts();
  await lab.shell('edge-3', "mount /mbr && sed -i 's/hd0d/hd0e/' /mbr/etc/boot.conf && umount /mbr");
  const named = await lab.stack.run('refresh');
  expect(named.output).toContain('edge-3: it runs from slot d, but boot.conf names e');
  await lab.shell('edge-3', '(sleep 1; reboot) >/dev/null 2>&1 &');
  await lab.rebooted('edge-3', before['edge-3']);
  expect(await lab.facts('edge-3')).toMatchObject({ 'edge-3': on(2, 'e') });
  const { output } = await lab.stack.run('refresh');
  expect(output).toContain(
    `edge-3: it runs ${buildOf(2)} from slot e: it was switched by hand, wanted is ${buildOf(4)}`,
  );
  const up = await lab.stack.run('up');
  expect(up.output).not.toContain('error:');
  expect(up.status).toBe(0);
  expect(await lab.facts()).toEqual({ ...before, 'edge-3': expect.objectContaining(on(4, 'd')) as unknown });
  expect(await lab.outcomes()).toMatchObject({ 'edge-3': { outcome: 'switched', bytes: 0 } });
});

test('a machine held by another rollout fails with the name of its holder; below the threshold the others go on', async () => {
  const before = await lab.facts();
  const held = await lab.hold('edge-1', { owner: 'ann', host: 'laptop' });
  await lab.change({ fs: 6, rollout: { ...usual, maxFailures: 1 } });
  const { output, status } = await lab.stack.run('up');
  expect(status).toBeGreaterThan(0);
  expect(output).toMatch(
    /edge-1 +canary +failed +edge-1 is being upgraded by somebody else: .*owner=ann host=laptop/,
  );
  expect(output).toContain('2 others succeeded');
  await held.release();
  expect(await lab.facts()).toMatchObject({
    'edge-1': before['edge-1'],
    'edge-2': on(6, 'e'),
    'edge-3': on(6, 'e'),
  });
});

test('connections cut in a transfer: it goes on over a new one, with what is missing only', async () => {
  await lab.change({ rollout: { ...usual, transfer: { mode: 'compressed', limit: '2MB' } } });
  const up = lab.stack.start('up');
  await up.until(/sending \(compressed\)/);
  await lab.cutOthers('edge-1');
  const { output, status } = await up.done;
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
  expect(await lab.facts('edge-1')).toMatchObject({ 'edge-1': on(6, 'e') });
  expect(await lab.outcomes()).toMatchObject({ 'edge-1': { outcome: 'upgraded', mode: 'delta' } });
  expect(await nothingToDo()).toBe(true);
});

test('SSH gone after the activation: brought back at the boot prompt of its console', async () => {
  const before = await lab.facts();
  const rollout = { ...usual, pins: { 'edge-2': 'other' }, deadlines: { boot: '40s' }, allowDowngrade: true };
  await lab.change({ other: bad.mute, rollout });
  const { output, status } = await lab.stack.run('up');
  expect(status).toBeGreaterThan(0);
  expect(output).toMatch(/edge-2 +wave 2 of 2 +rolled-back /);
  const after = await lab.facts();
  expect(after).toEqual({ ...before, 'edge-2': expect.objectContaining(on(6, 'e')) as unknown });
  const boot = await lab.shell('edge-2', 'mount /mbr && cat /mbr/etc/boot.conf && umount /mbr');
  expect(boot).toContain('set device hd0e');
});

test('onFailure hold leaves a failed machine as it is; without its pin it goes back by one reboot', async () => {
  const before = await lab.facts();
  const rollout = { ...usual, allowDowngrade: true };
  const pinned = { ...rollout, pins: { 'edge-3': 'other' }, onFailure: 'hold' };
  await lab.change({ other: bad.unhealthy, rollout: pinned });
  const { output, status } = await lab.stack.run('up');
  expect(status).toBeGreaterThan(0);
  expect(output).toMatch(/edge-3 +wave 2 of 2 +held /);
  expect(await lab.facts('edge-3')).toMatchObject({ 'edge-3': on(3, 'd') });
  await lab.change({ rollout });
  const back = await lab.stack.run('up');
  expect(back.output).not.toContain('error:');
  expect(await lab.facts()).toMatchObject({ ...before, 'edge-3': on(6, 'e') });
  expect(await lab.outcomes()).toMatchObject({ 'edge-3': { outcome: 'switched', bytes: 0 } });
});

test('machines that join late end at the current build, whatever they were installed with', async () => {
  const before = await lab.facts();
  // Excluded machines stay as they are, whatever the images say.
  await lab.change({ count: 4, rollout: usual });
  const { output, status } = await lab.stack.run('up');
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
  expect(await lab.facts()).toEqual({ ...before, 'edge-4': expect.objectContaining(on(6, 'e')) as unknown });
  await lab.change({ count: 5, img: 6 });
  const straight = await lab.stack.run('up');
  expect(straight.output).not.toContain('error:');
  expect(await lab.facts('edge-5')).toMatchObject({ 'edge-5': on(6, 'd') });
  expect(await lab.outcomes()).toMatchObject({ 'edge-5': { outcome: 'unchanged', bytes: 0 } });
  expect(await nothingToDo()).toBe(true);
});

test('an excluded machine is left alone', async () => {
  const { output } = await lab.stack.run('preview');
  expect(output).not.toContain('->');
  await lab.change({ fs: 2, rollout: { ...usual, exclude: ['edge-1', 'edge-2', 'edge-3', 'edge-4'] } });
  const preview = await lab.stack.run('preview');
  expect(preview.output).toMatch(new RegExp(`edge-5: ${buildOf(6)} -> ${buildOf(2)}`));
  expect(preview.output).not.toMatch(/edge-[1-4]: .*->/);
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
