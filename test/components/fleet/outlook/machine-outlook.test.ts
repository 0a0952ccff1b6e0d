import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BootInputs, BootState } from '../../../../components/boot-mode/args.ts';
import { changesOf } from '../../../../components/boot-mode/changes.ts';
import { installId } from '../../../../components/boot-mode/note.ts';
import { announcements } from '../../../../components/fleet/outlook/announce.ts';
import { hardwareChange } from '../../../../components/fleet/outlook/hardware.ts';
import { knownMachines } from '../../../../components/fleet/outlook/known-machine.ts';
import { ownResources } from '../../../../components/fleet/outlook/own-resources.ts';
import type { StateResource } from '../../../../components/stack-resources.ts';
import { outlookOf, type MachineOutlook } from '../../../../components/fleet/outlook/machine-outlook.ts';
import { wantedMachines } from '../../../../components/fleet/outlook/wanted-machines.ts';
import { bootMode, hardware, networkBoot } from './known.ts';

interface Wanted {
  readonly type?: string;
  readonly disk?: number;
  readonly image?: string;
  readonly boot?: { readonly reinstall: string };
  readonly networkBoot?: object;
}

const usual = { name: 'edge-1', type: 'START1-XS', disk: 25, image: 'edge' };
function outlook(state: Parameters<typeof knownMachines>[0], wanted: Wanted | undefined): MachineOutlook {
  const all = wanted && wantedMachines([{ ...usual, ...wanted }]);
  return outlookOf(knownMachines(state).get('edge-1'), all?.get('edge-1'));
}
const installed = [...hardware('START1-XS', 25), bootMode()];

describe('what becomes of a machine and its disk', () => {
  test.each<[string, MachineOutlook, Partial<Omit<MachineOutlook, 'why'>>, RegExp]>([
    ['nothing changed', outlook(installed, {}), { fate: 'keep', losesData: false }, /^$/],
    ['there is none yet', outlook([], {}), { fate: 'install', losesData: false }, /^$/],
    ['another image', outlook(installed, { image: 'other' }), { fate: 'rewrite', losesData: true }, /^its disk will be written with image other: ALL DATA on edge-1 WILL BE LOST$/],
    ['a reinstallation', outlook(installed, { boot: { reinstall: '2' } }), { fate: 'rewrite', losesData: true }, /ALL DATA on edge-1/],
    ['another size of its disk', outlook(installed, { disk: 12 }), { fate: 'replace', losesData: true }, /^it is REPLACED \(disk 25 GB -> 12 GB\) and loses its data: ALL DATA on edge-1 WILL BE LOST$/],
    ['another type', outlook(installed, { type: 'DEV1-S', disk: 20 }), { fate: 'replace', losesData: true }, /REPLACED \(type START1-XS -> DEV1-S, disk 25 GB -> 20 GB\)/],
    ['both at once with another image: it is made anew', outlook(installed, { disk: 12, image: 'other' }), { fate: 'replace', losesData: true }, /REPLACED/],
    ['no more wanted', outlook(installed, undefined), { fate: 'remove', losesData: true }, /^it is REMOVED with its disk: ALL DATA on edge-1/],
    ['off', outlook([...hardware('START1-XS', 25), bootMode({ power: 'off' })], {}), { fate: 'boot', losesData: false }, /disk is not written/],
    ['of block storage that grows', outlook([...hardware('PRO2-XS', 20), bootMode()], { type: 'PRO2-XS', disk: 30 }), { fate: 'boot', losesData: false }, /keeps its disk \(disk 20 GB -> 30 GB\)/],
    ['of block storage that shrinks', outlook([...hardware('PRO2-XS', 30), bootMode()], { type: 'PRO2-XS', disk: 20 }), { fate: 'replace', losesData: true }, /REPLACED/],
    ['of block storage of another type', outlook([...hardware('PRO2-XS', 20), bootMode()], { type: 'PRO2-S', disk: 20 }), { fate: 'boot', losesData: false }, /keeps its disk/],
    ['of a local disk to block storage', outlook(installed, { type: 'PRO2-XS', disk: 25 }), { fate: 'replace', losesData: true }, /REPLACED/],
    ['from now on from the network', outlook(installed, { networkBoot: {} }), { fate: 'boot', losesData: false }, /its disk is not written/],
    ['from the network to its disk', outlook([...hardware('START1-XS', 25), networkBoot()], {}), { fate: 'install', losesData: true }, /unless image edge was installed on it before/],
    ['a server that was made and not yet installed', outlook(hardware('START1-XS', 25), {}), { fate: 'install', losesData: false }, /^$/],
    ['nothing, with a disk of the replaced server left over', outlook([...installed, ...hardware('START1-XS', 12).map((one) => ({ ...one, left: true }))], {}), { fate: 'keep' }, /^$/],
  ])('%s', (_what, found, expected, why) => {
    expect(found).toMatchObject(expected);
    expect(found.why).toMatch(why);
  }); // prettier-ignore

  test('is, for any edit, what the resources themselves do about it', () => {
    const type = fc.constantFrom('START1-XS', 'DEV1-S', 'PRO2-XS', 'PRO2-S');
    const machine = fc.record({
      type,
      disk: fc.constantFrom(10, 12, 20),
      image: fc.constantFrom('edge', 'other'),
      reinstall: fc.constantFrom(undefined, '1', '2'),
    });
    const power = fc.constantFrom('running', 'off');
    fc.assert(
      fc.property(machine, machine, power, fc.boolean(), (now, then, on, reachable) => {
        const boot = { install: installId(now.image, now.reinstall), power: on, reachable };
        const state = [...hardware(now.type, now.disk), bootMode(boot)];
        const { reinstall, ...rest } = then;
        const found = outlook(state, { ...rest, ...(reinstall !== undefined && { boot: { reinstall } }) });
        const replaced = hardwareChange(now, then).fate === 'replaced';
        expect(found.fate === 'replace').toBe(replaced);
        if (replaced) return;
        const news = { image: { name: then.image }, reinstall, machine: 'edge-1' } as BootInputs;
        const done = changesOf({ ...news, ...boot } as unknown as BootState, news);
        expect(found.losesData).toBe(done.losesData);
        expect(found.fate === 'rewrite').toBe(done.losesData);
        for (const reason of done.reasons) expect(found.why).toContain(reason);
        if (found.fate === 'keep') expect(done.changes).toBe(false);
      }),
    );
  });
});

test('data that is lost without a word of a resource is announced, machine by machine', () => {
  const state = ['edge-1', 'edge-2', 'edge-3', 'edge-4'].flatMap((name) => [
    ...hardware('START1-XS', 25, name),
    bootMode({}, name),
  ]);
  const wanted = wantedMachines([
    usual,
    { ...usual, name: 'edge-2', disk: 12 },
    // Its BootMode tells.
    { ...usual, name: 'edge-3', image: 'other' },
  ]);
  expect(announcements(state, 'demo', wanted)).toEqual([
    'edge-2: it is REPLACED (disk 25 GB -> 12 GB) and loses its data: ALL DATA on edge-2 WILL BE LOST',
    'edge-4: it is REMOVED with its disk: ALL DATA on edge-4 WILL BE LOST',
  ]);
  expect(
    announcements(state, 'demo', new Map([...wanted].filter(([name]) => name === 'edge-1'))).length,
  ).toBe(3);
});

describe('what is beside the fleet in its stack', () => {
  const own = [...hardware('START1-XS', 25), bootMode()];
  const of = (fleet: string | undefined, name: string): StateResource[] =>
    [...hardware('START1-XS', 25, name), bootMode({}, name)].map(({ fleet: _demo, ...one }) => ({
      ...one,
      ...(fleet !== undefined && { fleet }),
    }));
  const removed = 'it is REMOVED with its disk';
  const said = (state: StateResource[], fleet = 'demo'): string[] =>
    announcements(state, fleet, wantedMachines([usual]));

  test('is never called removed: servers of the program, and of another fleet', () => {
    expect(said([...own, ...of(undefined, 'database'), ...of('other', 'other-1')])).toEqual([]);
    expect(said([...own, ...of('demo', 'edge-2'), ...of('other', 'other-1')])).toEqual([
      expect.stringContaining(`edge-2: ${removed}`),
    ]);
    // The second fleet of a program, before it is made.
    expect(said([...of('first', 'first-1')])).toEqual([]);
  });

  test('is told from machines of the fleet that had another name, because their URNs stay', () => {
    const state = [...own, ...of('demo', 'edge-2'), ...of('other', 'other-1')];
    expect(said(state, 'renamed')).toEqual([expect.stringContaining(`edge-2: ${removed}`)]);
    const names = (fleet: string): string[] => [
      ...knownMachines(ownResources(state, fleet, ['edge-1'])).keys(),
    ];
    expect(names('renamed')).toEqual(['edge-1', 'edge-2']);
    // A machine that goes from one fleet to another of the program is kept.
    expect(names('other')).toEqual(['edge-1', 'other-1']);
  });
});
