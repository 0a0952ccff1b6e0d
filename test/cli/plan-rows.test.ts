import { describe, expect, test } from 'vitest';
import { planTable } from '../../cli/plan.ts';
import { rowOf, type PlanRow } from '../../cli/plan-rows.ts';
import type { StateResource } from '../../cli/stack-state.ts';
import type { MachineMemory } from '../../components/rollout/slot-upgrade/plan.ts';
import { resolvePolicy } from '../../components/rollout/policy.ts';

const found = { build: '2', sha256: 'b', sha512: '', bytes: 50e6, verified: 'none', architecture: 'amd64' };
const memory: MachineMemory = {
  build: '1',
  slot: 'd',
  linkRate: 0,
  overhead: 0,
  architecture: 'amd64',
  slotBytes: 50e6,
};
const place = { wave: { number: 1, name: 'canary' }, skip: '', policy: resolvePolicy(), soak: 30 };
const resource = (kind: string, outputs: Record<string, unknown>): StateResource => ({
  type: `pulumi-nodejs:dynamic/bootfleet:${kind}`, name: 'edge-1', id: '1', outputs,
}); // prettier-ignore
const boot = resource('BootMode', { build: '1', slot: 'd' });
const upgraded = (change: object): StateResource =>
  resource('SlotUpgrade', {
    outcome: 'upgraded', drift: '', found: { sha256: 'a' }, running: { build: '1', slot: 'e' }, ...change,
  }); // prettier-ignore
const broughtBack = (sha256: string): StateResource =>
  resource('WaveGate', {
    broughtBack: [
      { machine: 'edge-2', sha256: 'b' },
      { machine: 'edge-1', sha256 },
    ],
  });
const row = (state: StateResource[], change: Partial<typeof place> = {}, remembered = memory): PlanRow =>
  rowOf('edge-1', { ...place, ...change }, found, state, remembered);

describe('a row of the plan', () => {
  test.each([
    ['install', row([]), { from: '', bytes: '', time: '' }],
    ['upgrade', row([boot]), { from: '1', to: '2', slot: 'e' }],
    ['upgrade', row([boot, upgraded({})]), { slot: 'd' }],
    ['none', row([boot, upgraded({ running: { build: '2', slot: 'e' }, found: { sha256: 'b' } })]), { slot: 'e' }],
    ['upgrade', row([boot, upgraded({ running: { build: '2', slot: 'e' }, drift: 'x', found: { sha256: 'b' } })]), {}],
    ['retry', row([boot, upgraded({ outcome: 'rolled-back' })]), {}],
    ['upgrade', row([boot, upgraded({ outcome: 'not-started' })]), {}],
    ['retry', row([boot, upgraded({ running: { build: '2', slot: 'e' }, found: { sha256: 'b' } }), broughtBack('b')]), { from: '1', slot: 'e' }],
    ['none', row([boot, upgraded({ running: { build: '2', slot: 'e' }, found: { sha256: 'b' } }), broughtBack('a')]), {}],
    ['switch', row([boot, upgraded({})], {}, { ...memory, otherSha256: 'b' }), { bytes: '0 B' }],
    ['left alone', row([boot], { skip: 'excluded' }), { bytes: '' }],
    ['refused', row([boot], {}, { ...memory, architecture: 'arm64' }), { refused: 'BF1708: the image is for amd64, the machine is arm64' }],
    ['refused', row([boot], {}, { ...memory, slotBytes: 90e6 }), { refused: expect.stringMatching(/^BF1709/) as string }],
  ])('%s', (action, found_, rest) => {
    expect(found_).toMatchObject({ action, ...rest });
  }); // prettier-ignore
});

describe('the table of the plan', () => {
  const rows = ['edge-1', 'edge-2', 'edge-3', 'edge-4', 'edge-5'].map((name) => ({ ...row([boot]), name }));

  test('says how many are upgraded and what soaks come to', () => {
    expect(planTable(rows)).toMatch(
      /^NAME .*\n(?:edge-\d .*\n){5}5 of 5 servers to upgrade, and 1 times 30s of soak$/,
    );
    const again = rows.map((one) => ({ ...one, action: 'retry' as const }));
    expect(planTable(again)).toMatch(/\n5 of 5 servers to upgrade, and 1 times 30s of soak$/);
    expect(planTable([])).toMatch(/^no rollout/);
  });

  test('names what was not compared and what is refused, each text once', () => {
    const open = rows.map((one) => ({ ...one, unknown: 'architecture of the image' }));
    expect(planTable(open)).toMatch(
      /\nedge-1, edge-2, edge-3 and 2 more: not compared yet, because unknown: architecture of the image$/,
    );
    const refused = { ...row([boot], {}, { ...memory, architecture: 'arm64' }), unknown: 'x' };
    expect(planTable([refused])).toMatch(/\n0 of 1 servers to upgrade\nedge-1: BF1708: /);
    expect(planTable([{ ...refused, action: 'left alone' }])).not.toMatch(/BF1708/);
  });
});
