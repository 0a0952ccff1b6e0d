import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { resolvePolicy } from '../../../../components/rollout/policy.ts';
import type { KnownInputs, SlotUpgradeInputs } from '../../../../components/rollout/slot-upgrade/args.ts';
import * as handler from '../../../../components/rollout/slot-upgrade/handler.ts';
import { machineOf } from '../../../../components/rollout/slot-upgrade/machine-of.ts';
import { recall } from '../../../../components/rollout/slot-upgrade/memory.ts';
import { simulatedTarget } from '../../../../components/rollout/slot-upgrade/simulated-target.ts';
import { upgradePolicy } from '../../../../components/rollout/upgrade-policy.ts';

const said = vi.hoisted((): string[] => []);
vi.mock('../../../../components/progress.ts', () => ({
  reportProgress: () => undefined,
  reportRemark: (_urn: string, _kind: string, text: string) => {
    said.push(text);
    return Promise.resolve();
  },
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bootfleet-refresh-'));
  vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'data'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  said.length = 0;
});

async function given(machine: string, fails?: 'hung', build = '20261122_0900'): Promise<SlotUpgradeInputs> {
  const fs = path.join(folder, `edge-${build}.fs`);
  await writeFile(fs, Buffer.alloc(4096, build));
  const inputs: SlotUpgradeInputs = {
    rollout: `demo ${machine}`,
    machine,
    target: simulatedTarget(machine, { build: '20261121_0900', ...(fails && { fails }) }),
    image: { fs, checksums: [] },
    wave: { number: 1, name: 'canary' },
    skip: '',
    installation: 'edge',
    policy: upgradePolicy(resolvePolicy()),
    resourceUrn: `urn:pulumi:local::demo::pulumi-nodejs:dynamic/bootfleet:SlotUpgrade::${machine}`,
  };
  const { inputs: checked } = await handler.check(inputs, inputs);
  if (!checked) throw new Error('no inputs');
  return checked;
}

async function upgraded(
  inputs: SlotUpgradeInputs,
): Promise<NonNullable<Awaited<ReturnType<typeof handler.create>>['outs']>> {
  const { outs } = await handler.create(inputs);
  if (!outs) throw new Error('no outputs');
  expect(outs).toMatchObject({ outcome: 'upgraded', running: { build: '20261122_0900', slot: 'e' } });
  return outs;
}

test('a refresh that cannot see a machine forgets what an earlier one saw; preview says that it is unknown since then', async () => {
  const inputs = await given('refresh-1', 'hung');
  const state = await upgraded(inputs);
  // Its second health check hangs it: from then on it answers nobody.
  await expect(machineOf(inputs as KnownInputs).checkHealth()).rejects.toThrow(/does not answer/);
  const { props: first } = await handler.read('refresh-1', state);
  const since = first?.running.unseenSince ?? '';
  expect(Date.parse(since)).not.toBeNaN();
  expect(first?.running).toEqual({ build: '', slot: '', nextSlot: '', unseenSince: since });
  // It is not a new time each time: a refresh that finds nothing new changes nothing.
  const { props: second } = await handler.read('refresh-1', first);
  expect(second).toEqual(first);
  if (!first) throw new Error('it is gone');

  said.length = 0;
  expect(await handler.diff('refresh-1', first, inputs)).toMatchObject({ changes: true });
  expect(said.join('\n')).toMatch(
    /^refresh-1: it does not answer: .*what it runs is unknown \(not seen since [\d-]+ [\d:]+ UTC\); it is looked at first, canary$/,
  );
});

test('a machine that answers again is known again, and remembered as it is', async () => {
  const inputs = await given('refresh-2');
  const state = await upgraded(inputs);
  const unseen = { build: '', slot: '', nextSlot: '', unseenSince: '2026-11-27T23:10:04.000Z' };
  const machine = machineOf(inputs as KnownInputs);
  await machine.nameNext('d');
  await machine.reboot();
  const { props } = await handler.read('refresh-2', { ...state, running: unseen });
  expect(props).toMatchObject({ running: { build: '20261121_0900', slot: 'd', nextSlot: 'd' } });
  expect(props?.running).not.toHaveProperty('unseenSince');
  expect(props?.drift).toMatch(/switched by hand/);
  // The plan of the next preview goes by it: the slot that was left still holds the image.
  expect(await recall(inputs.resourceUrn, 'refresh-2')).toMatchObject({
    slot: 'd',
    otherSlot: 'e',
    otherSha256: inputs.found?.sha256,
  });
});

test('a disk that is written anew makes its upgrade look at it again', async () => {
  const inputs = await given('refresh-3');
  const state = await upgraded(inputs);
  expect(await handler.diff('refresh-3', state, inputs)).toMatchObject({ changes: false });
  said.length = 0;
  const again = { ...inputs, installation: 'edge#2' };
  expect(await handler.diff('refresh-3', state, again)).toMatchObject({ changes: true });
  expect(said).toEqual([
    'refresh-3: its disk is written anew; what it runs then is what its disk was written with; it is looked at first, canary',
  ]);
});

test('a preview in another checkout, which remembers nothing, goes by the state as the plan does', async () => {
  const state = await upgraded(await given('refresh-4'));
  vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'other'));
  try {
    const next = await given('refresh-4', undefined, '20261123_0900');
    // All that the check has is what is remembered.
    expect(next.plan).toMatchObject({ from: '', slot: '?' });
    said.length = 0;
    expect(await handler.diff('refresh-4', state, next)).toMatchObject({ changes: true });
    expect(said[0]).toMatch(/^refresh-4: 20261122_0900 -> 20261123_0900; slot d, canary, about /);
  } finally {
    vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'data'));
  }
});

test('a state of an earlier version, which noted no installation, makes its upgrade look at the machine once', async () => {
  const inputs = await given('refresh-5');
  const { installation: _none, ...old } = await upgraded(inputs);
  said.length = 0;
  expect(await handler.diff('refresh-5', old, inputs)).toMatchObject({ changes: true });
  expect(said).toEqual([
    'refresh-5: an earlier version upgraded it last; whether its disk was written since is not known; it is looked at first, canary',
  ]);
  const { outs } = await handler.update('refresh-5', old, inputs);
  expect(outs).toMatchObject({ outcome: 'unchanged', bytes: 0, installation: 'edge' });
  if (!outs) throw new Error('no outputs');
  expect(await handler.diff('refresh-5', outs, inputs)).toMatchObject({ changes: false });
  // From then on a disk that is written again is noticed.
  const again = { ...inputs, installation: 'edge#2' };
  expect(await handler.diff('refresh-5', outs, again)).toMatchObject({ changes: true });
  // Who does not say which installation it is gets nothing compared.
  expect(await handler.diff('refresh-5', old, old)).toMatchObject({ changes: false });
});

test('a machine that an earlier version called unchanged by its name gets the image that it never had', async () => {
  const first = await given('refresh-6');
  // It bears the wanted name, and was installed with another image.
  const simulated = { build: '20261122_0900', sha256: 'f'.repeat(64) };
  const inputs = { ...first, target: simulatedTarget('refresh-6', simulated) };
  const { installation: _none, ...rest } = inputs;
  const old = {
    ...rest, outcome: 'unchanged', why: '', from: '20261122_0900', to: '20261122_0900', slot: 'd', bytes: 0, mode: '', seconds: {},
    brokenLock: '', running: { build: '20261122_0900', slot: 'd', nextSlot: 'd' }, drift: '', transcript: '',
  } as const; // prettier-ignore
  expect(await handler.diff('refresh-6', old, inputs)).toMatchObject({ changes: true });
  const { outs } = await handler.update('refresh-6', old, inputs);
  expect(outs).toMatchObject({ outcome: 'upgraded', slot: 'e', installation: 'edge' });
});

test('a refresh of a machine that answers is whole, whatever cannot be remembered', async () => {
  const inputs = await given('refresh-7');
  const state = await upgraded(inputs);
  const file = path.join(folder, 'a file');
  await writeFile(file, '');
  vi.stubEnv('BOOTFLEET_DATA', file);
  try {
    said.length = 0;
    const { props } = await handler.read('refresh-7', state);
    expect(props).toMatchObject({ running: { build: '20261122_0900', slot: 'e' }, drift: '' });
    expect(said).toEqual([expect.stringMatching(/^refresh-7: what was seen of it is not remembered here/)]);
  } finally {
    vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'data'));
  }
});
