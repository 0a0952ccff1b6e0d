import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  inputsOf,
  type OpenInputs,
  type StoredInputs,
} from '../../../../components/rollout/slot-upgrade/stored/form.ts';
import { unknownValue } from '../../../../components/unknown.ts';
import * as stored from '../../../../components/rollout/slot-upgrade/stored/handler.ts';
import { simulatedTarget } from '../../../../components/rollout/slot-upgrade/simulated-target.ts';

let folder: string;
let before: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bootfleet-stored-'));
  before = process.env['BOOTFLEET_DATA'];
  process.env['BOOTFLEET_DATA'] = path.join(folder, 'data');
});
afterAll(async () => {
  if (before === undefined) delete process.env['BOOTFLEET_DATA'];
  else process.env['BOOTFLEET_DATA'] = before;
  await rm(folder, { recursive: true });
});

async function given(name: string, machine = 'm-1'): Promise<OpenInputs> {
  const fs = path.join(folder, `edge-${name}.fs`);
  await writeFile(fs, Buffer.alloc(4096, name));
  return {
    rollout: `demo ${machine}`,
    machine,
    target: simulatedTarget(`server of ${machine}`, { build: '20261120_0900' }),
    image: { fs, checksums: [] },
    wave: { number: 1, name: 'canary' },
    skip: '',
    policy: { maxInFlight: 5 },
    resourceUrn: `urn:pulumi:local::demo::pulumi-nodejs:dynamic/bootfleet:SlotUpgrade::${machine}`,
  };
}

const checked = async (inputs: StoredInputs): Promise<StoredInputs> => {
  const { inputs: found, failures } = await stored.check(inputs, inputs);
  // Pulumi's own dynamic provider fails at a value that is undefined.
  expect(Object.entries(found ?? {}).filter(([, value]) => value === undefined)).toEqual([]);
  expect(failures).toBeUndefined();
  if (!found) throw new Error('no inputs');
  return JSON.parse(JSON.stringify(found)) as StoredInputs;
};

test('an upgrade from what is stored: done, then no change, looked at, and changed by another image', async () => {
  const first = await checked(await given('20261121_0900'));
  const { id, outs } = await stored.create(first);
  expect(id).toBe('server of m-1');
  expect(outs).toMatchObject({ outcome: 'upgraded', found: { build: '20261121_0900' }, drift: '' });
  if (!outs) throw new Error('no outputs');
  expect(await stored.diff(id, outs, first)).toMatchObject({ changes: false });
  const { props } = await stored.read(id, outs);
  // What a refresh finds is what the state must show.
  expect(props).toMatchObject({
    running: { build: '20261121_0900', slot: 'e' },
    drift: '',
    reach: outs.reach,
  });
  const second = await checked(await given('20261122_0900'));
  expect(await stored.diff(id, outs, second)).toMatchObject({ changes: true });
  expect((await stored.update(id, outs, second)).outs).toMatchObject({
    outcome: 'upgraded',
    to: '20261122_0900',
  });
});

test('the state of a machine has no policy by default, no image and no plan a second time', async () => {
  const inputs = await checked({ ...(await given('20261121_0900', 'm-2')), policy: {} });
  const { outs } = await stored.create(inputs);
  for (const name of Object.keys(inputs).filter((one) => one !== 'found' && one !== 'reach'))
    expect(outs).not.toHaveProperty(name);
  expect(Object.keys(inputs).toSorted()).toEqual(['found', 'image', 'plan', 'reach', 'wave']);
  expect(JSON.stringify({ inputs, outs })).not.toContain('sha512');
});

test('a file that was changed after it had been checked is sent nowhere', async () => {
  const inputs = await checked(await given('20261121_0900', 'm-3'));
  await writeFile(inputs.image.fs, Buffer.alloc(8192, 'other'));
  await expect(stored.create(inputs)).rejects.toThrow(/BF1706: .*it was changed after it had been checked/);
});

test('a state of an earlier version, which held everything, is understood', async () => {
  const open = await given('20261121_0900', 'm-4');
  const inputs = await checked(open);
  const { outs } = await stored.create(inputs);
  if (!outs) throw new Error('no outputs');
  const { reach: _reach, ...rest } = outs;
  const found = { ...inputs.found, sha512: 'b'.repeat(128), bytes: 4096 };
  const old = { ...open, ...rest, found, policy: { maxFailures: 0, health: [] } };
  expect(await stored.diff('server of m-4', old as never, inputs)).toMatchObject({ changes: false });
  const { props } = await stored.read('server of m-4', old as never);
  expect(JSON.parse(props?.reach ?? '')).toMatchObject({ target: open.target, machine: 'm-4' });
});

test('what is not known yet stays where Pulumi sees it', async () => {
  const open = await given('20261121_0900', 'm-5');
  const target = { ...open.target, address: unknownValue };
  expect(await checked({ ...open, target })).toMatchObject({ target, machine: 'm-5' });
  expect(await checked({ ...open, target })).not.toHaveProperty('reach');
});

test('inputs that were packed are told from others by what is in them', async () => {
  const open = await given('20261121_0900', 'm-6');
  const { id, outs } = await stored.create(await checked(open));
  if (!outs) throw new Error('no outputs');
  const held = await checked({ ...open, skip: 'excluded' });
  expect(inputsOf(held)).toMatchObject({ skip: 'excluded', target: open.target, policy: { maxInFlight: 5 } });
  expect((await stored.update(id, outs, held)).outs).toMatchObject({
    outcome: 'not-started',
    why: 'excluded',
  });
});
