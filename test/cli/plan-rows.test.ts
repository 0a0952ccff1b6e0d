import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { planTable } from '../../cli/plan.ts';
import { planRows, rowOf, type PlanRow } from '../../cli/plan-rows.ts';
import { stackOf } from '../../cli/stack-name.ts';
import { knownMachines } from '../../components/fleet/outlook/known-machine.ts';
import { wantedMachines } from '../../components/fleet/outlook/wanted-machines.ts';
import type { StateResource } from '../../components/stack-resources.ts';
import { bootMode, hardware, slotUpgrade, waveGate } from '../components/fleet/outlook/known.ts';
import type { MachineMemory } from '../../components/rollout/slot-upgrade/plan.ts';
import type { FleetFile } from '../../stacks/fleet-file.ts';
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
const server = { name: 'edge-1', type: 'START1-XS', disk: 25, image: 'edge' };
const boot = bootMode();
const wantedNow = { running: { build: '2', slot: 'e', nextSlot: 'e' }, found: { build: '2', sha256: 'b' } };
const brought = (sha256: string): StateResource =>
  waveGate([
    { machine: 'edge-2', sha256: 'b' },
    { machine: 'edge-1', sha256 },
  ]);

interface Change extends Partial<typeof place> {
  readonly server?: Partial<typeof server> & { readonly boot?: { readonly reinstall: string } };
}
function row(state: StateResource[], change: Change = {}, remembered?: MachineMemory): PlanRow {
  const { server: other, ...placed } = change;
  return rowOf('edge-1', {
    known: knownMachines(state).get('edge-1'),
    wanted: wantedMachines([{ ...server, ...other }]).get('edge-1'),
    rollout: { place: { ...place, ...placed }, found },
    installs: '1',
    remembered,
  });
}

describe('a row of the plan', () => {
  const since = '2026-11-27T23:10:04.000Z';
  const unseen = 'unknown (not seen since 2026-11-27 23:10 UTC)';
  const gone = {
    drift: 'it does not answer',
    running: { build: '', slot: '', nextSlot: '', unseenSince: since },
  };
  test.each<[PlanRow['action'], PlanRow, Partial<Record<keyof PlanRow, unknown>>]>([
    ['install', row([], { skip: 'excluded' }), { then: '' }],
    ['install', row([]), { from: '', to: '1', then: 'then upgraded to 2, canary', wave: 'at once', bytes: '', losesData: false }],
    ['upgrade', row([boot]), { from: '1', to: '2', slot: 'e' }],
    ['upgrade', row([boot, slotUpgrade()]), { slot: 'd' }],
    ['none', row([boot, slotUpgrade(wantedNow)]), { slot: 'e', bytes: '0 B' }],
    ['unknown', row([boot, slotUpgrade({ ...wantedNow, drift: 'x' })]), { why: 'nothing tells which image it runs; its slot is read first' }],
    ['none', row([boot, slotUpgrade({ ...wantedNow, drift: 'x' })], {}, { ...memory, build: '2', slot: 'e', sha256: 'b' }), { why: 'x' }],
    ['retry', row([boot, slotUpgrade({ outcome: 'rolled-back' })]), {}],
    ['upgrade', row([boot, slotUpgrade({ outcome: 'not-started' })]), {}],
    ['retry', row([boot, slotUpgrade(wantedNow), brought('b')], {}, memory), { from: '1', slot: 'e' }],
    ['unknown', row([boot, slotUpgrade(wantedNow), brought('b')]), { from: 'unknown' }],
    ['none', row([boot, slotUpgrade(wantedNow), brought('a')]), {}],
    ['switch', row([boot, slotUpgrade({ running: { build: '1', slot: 'd', nextSlot: 'd' } })], {}, { ...memory, otherSha256: 'b' }), { bytes: '0 B' }],
    ['upgrade', row([boot, slotUpgrade()], {}, { ...memory, otherSha256: 'b' }), { bytes: expect.stringMatching(/^about/) }],
    ['left alone', row([boot], { skip: 'excluded' }), { bytes: '' }],
    ['refused', row([boot], {}, { ...memory, architecture: 'arm64' }), { refused: 'BF1708: the image is for amd64, the machine is arm64' }],
    ['refused', row([boot], {}, { ...memory, slotBytes: 90e6 }), { refused: expect.stringMatching(/^BF1709/) }],
    // The same name says nothing: only a digest does.
    ['upgrade', row([boot, slotUpgrade({ ...wantedNow, found: { build: '2', sha256: 'c' } })]), { why: expect.stringMatching(/^BF1710: another image under the same build name 2/) }],
    ['unknown', row([bootMode({ build: '2' })]), {}],
    // What the last look did not see is unknown, whatever an earlier one saw.
    ['unknown', row([boot, slotUpgrade({ ...wantedNow, ...gone })], {}, { ...memory, sha256: 'b' }), { from: unseen, slot: '', why: `what it runs is ${unseen}; it is looked at first` }],
    ['unknown', row([bootMode({ reachable: false, build: '', slot: '', unseenSince: since })]), { from: unseen }],
    ['unknown', row([boot, slotUpgrade({ outcome: 'stuck', running: { build: '', slot: '', nextSlot: '' } })]), { from: 'unknown' }],
    // Its disk was written, and its upgrade was cut off before it looked: what that knew is about the disk before.
    ['unknown', row([bootMode({ build: '1', install: 'edge#2' }), slotUpgrade(wantedNow)], { server: { boot: { reinstall: '2' } } }), { from: '1', bytes: '', why: 'what it runs then is what its disk was written with; it is looked at first' }],
    // States of earlier versions note no installation.
    ['unknown', row([boot, slotUpgrade({ ...wantedNow, reach: '{}' })]), { from: '2', why: 'whether its disk was written since is not known; it is looked at first' }],
    ['unknown', row([boot, slotUpgrade({ ...wantedNow, outcome: 'unchanged', reach: '{}' })], {}, memory), { from: '2' }],
    ['upgrade', row([boot, slotUpgrade({ reach: '{}' })]), { from: '1', slot: 'd' }],
    ['boot', rowOf('edge-1', { known: knownMachines([bootMode({ reachable: false })]).get('edge-1'), wanted: wantedMachines([server]).get('edge-1') }), { from: 'unknown' }],
    ['left alone', row([boot, slotUpgrade({ reach: '{}' })], { skip: 'excluded' }), {}],
    // What happens to its disk goes before everything that a rollout would do.
    ['rewrite', row([boot, slotUpgrade(wantedNow)], { server: { image: 'other' } }), { wave: 'at once', losesData: true, from: '2', to: '1', bytes: '' }],
    ['rewrite', row([boot, slotUpgrade(wantedNow)], { server: { boot: { reinstall: '1' } } }), { losesData: true }],
    ['replace', row([...hardware('START1-XS', 25), boot, slotUpgrade(wantedNow)], { server: { disk: 12 } }), { wave: 'at once', losesData: true }],
    ['boot', row([bootMode({ power: 'off' }), slotUpgrade(wantedNow)]), { losesData: false }],
    ['none', rowOf('edge-1', { known: knownMachines([boot]).get('edge-1'), wanted: wantedMachines([server]).get('edge-1') }), { wave: '' }],
    ['remove', rowOf('edge-1', { known: knownMachines([boot]).get('edge-1'), wanted: undefined }), { losesData: true }],
  ])('%s', (action, found_, rest) => {
    expect(found_).toMatchObject({ action, ...rest });
  }); // prettier-ignore
});

test('a plan of a stack that is named in full goes by what its resources remember', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bootfleet-plan-'));
  vi.stubEnv('BOOTFLEET_DATA', folder);
  try {
    const fs = path.join(folder, 'edge-2.fs');
    await writeFile(fs, Buffer.alloc(4096, 'edge'));
    const machines = path.join(folder, 'stacks', 'local', 'machines');
    await mkdir(machines, { recursive: true });
    await writeFile(
      path.join(machines, 'edge-1.json'),
      JSON.stringify({ ...memory, slotBytes: 4096, otherSlot: 'f' }),
    );
    const file = { shown: '', resolved: fs };
    const image = { name: 'edge', img: file, fs: file, checksums: [] };
    const fleet = { fleet: 'demo', images: [image], servers: [server], rollout: {} } as unknown as FleetFile;
    for (const stack of ['local', 'organization/bootfleet/local'])
      expect(await planRows(fleet, stackOf('plan', [stack]), [boot])).toMatchObject([
        { name: 'edge-1', slot: 'f' },
      ]);
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});

describe('the table of the plan', () => {
  const rows = ['edge-1', 'edge-2', 'edge-3', 'edge-4', 'edge-5'].map((name) => ({
    ...row([boot], {}, memory),
    name,
  }));

  test('says how many are upgraded and what soaks come to', () => {
    expect(planTable(rows)).toMatch(
      /^NAME .*\n(?:edge-\d .*\n){5}5 of 5 servers to upgrade, and 1 times 30s of soak$/,
    );
    const again = rows.map((one) => ({ ...one, action: 'retry' as const }));
    expect(planTable(again)).toMatch(/\n5 of 5 servers to upgrade, and 1 times 30s of soak$/);
    expect(planTable([])).toMatch(/^no servers/);
  });

  test('says machine by machine whose data is lost, and what is not known', () => {
    const smaller = row([...hardware('START1-XS', 25), boot], { server: { disk: 12 } });
    expect(planTable([smaller, ...rows])).toMatch(
      /\n5 of 6 servers to upgrade.*\n1 machine loses the data on its disk, at once and not in waves:\n {2}edge-1: it is REPLACED \(disk 25 GB -> 12 GB\)/,
    );
    expect(planTable([smaller, { ...smaller, name: 'edge-9' }])).toMatch(
      /\n2 machines lose .*\n {2}edge-1: .*\n {2}edge-9: /,
    );
    const open = row([
      boot,
      slotUpgrade({ outcome: 'stuck', running: { build: '', slot: '', nextSlot: '' } }),
    ]);
    expect(planTable([open])).toMatch(
      /\n0 of 1 servers to upgrade, 1 unknown\nedge-1: what it runs is unknown; it is looked at first$/,
    );
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
