import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  AcceleratorChoice,
  type AcceleratorHost,
} from '../../../../localcloud/machines/accelerator/choice.ts';
import { parseKept } from '../../../../localcloud/machines/accelerator/kept-answer.ts';
import { launchVerdict, type Verdict } from '../../../../localcloud/machines/accelerator/probe.ts';
import {
  wantedAccelerator,
  type WantedAccelerator,
} from '../../../../localcloud/machines/accelerator/wanted.ts';
import { machineNotStarted, qemuMissing } from '../../../../errors/localcloud.ts';

let cacheFolder: string;
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'accelerator-'));
});
afterEach(async () => {
  await rm(cacheFolder, { recursive: true, force: true });
});

const dies: Verdict = { kind: 'fails', problem: 'the processor stopped at the prompt' };

/** A host whose probes end as said; `probed` counts them. */
function host(
  verdict: Verdict,
  identity: string | undefined = 'boot 1; qemu 7.2',
): AcceleratorHost & { probed: string[] } {
  const probed: string[] = [];
  return {
    probed,
    kvmMissing: () => Promise.resolve(undefined),
    identity: () => Promise.resolve(identity),
    probe: (firmware) => {
      probed.push(firmware);
      return Promise.resolve(verdict);
    },
  };
}

const choiceOn = (one: AcceleratorHost, wanted: WantedAccelerator = 'auto'): AcceleratorChoice =>
  new AcceleratorChoice({ cacheFolder, wanted, host: one });

test('KVM only when iPXE answered under it; each firmware is probed by itself, once, and the answer kept', async () => {
  const failing = host(dies);
  const first = choiceOn(failing);
  expect(first.known('bios')).toBeUndefined();
  const found = await first.for('bios');
  expect(found).toEqual({ kind: 'tcg', reason: expect.stringContaining('stopped at the prompt') as string });
  expect(await choiceOn(failing).for('bios')).toEqual(found);
  expect(failing.probed).toEqual(['bios']);
  const working = host({ kind: 'works' });
  expect((await choiceOn(working).for('uefi')).kind).toBe('kvm');
  expect(working.probed).toEqual(['uefi']);
});

test('another boot, another QEMU or firmware, an answer of an older probe: probed again', async () => {
  await choiceOn(host({ kind: 'works' })).for('bios');
  expect((await choiceOn(host(dies, 'boot 2; qemu 7.2')).for('bios')).kind).toBe('tcg');
  // What the boot sector's probe left, with this very boot.
  await writeFile(
    join(cacheFolder, 'accelerator.json'),
    JSON.stringify({ bootId: 'boot 3', kind: 'kvm', reason: 'ran' }),
  );
  const asked = host(dies, 'boot 3');
  expect((await choiceOn(asked).for('bios')).kind).toBe('tcg');
  expect(asked.probed).toEqual(['bios']);
});

test('a probe that could not be made says so and is not kept; nothing is kept for a host that cannot be named', async () => {
  const short = host({ kind: 'unknown', problem: 'no memory' });
  expect((await choiceOn(short).for('bios')).reason).toContain('could not be tried (no memory)');
  const nameless = host(dies, undefined);
  await choiceOn({ ...nameless, identity: () => Promise.resolve(undefined) }).for('bios');
  expect(await readdir(cacheFolder)).toEqual([]);
});

test('without /dev/kvm nothing is probed', async () => {
  const none = { ...host({ kind: 'works' }), kvmMissing: () => Promise.resolve('ENOENT') };
  expect(await choiceOn(none).for('bios')).toEqual({
    kind: 'tcg',
    reason: '/dev/kvm cannot be used (ENOENT): processors are emulated',
  });
  expect(none.probed).toEqual([]);
});

test('BOOTFLEET_ACCELERATOR: tcg probes nothing, kvm must work, another word is refused', async () => {
  const working = host({ kind: 'works' });
  expect(await choiceOn(working, 'tcg').for('bios')).toMatchObject({ kind: 'tcg' });
  expect(working.probed).toEqual([]);
  await expect(choiceOn(host(dies), 'kvm').for('bios')).rejects.toThrow(/BF1809.*stopped at the prompt/);
  // It is refused, so nothing is emulated.
  await expect(choiceOn(host(dies), 'kvm').for('bios')).rejects.not.toThrow(/are emulated/);
  const missing = { ...host({ kind: 'works' }), kvmMissing: () => Promise.resolve('EACCES') };
  await expect(choiceOn(missing, 'kvm').for('bios')).rejects.toThrow(/BF1809.*EACCES/);
  // Demanded again after a kept failure: it is tried again.
  expect((await choiceOn(working, 'kvm').for('bios')).kind).toBe('kvm');
  expect(wantedAccelerator({})).toBe('auto');
  expect(wantedAccelerator({ BOOTFLEET_ACCELERATOR: '' })).toBe('auto');
  expect(wantedAccelerator({ BOOTFLEET_ACCELERATOR: 'tcg' })).toBe('tcg');
  expect(() => wantedAccelerator({ BOOTFLEET_ACCELERATOR: 'hvf' })).toThrow(/BF1808.*auto, kvm, tcg/);
});

test('a machine that dies under KVM after all: its like are emulated from then on, by the next daemon too', async () => {
  const working = host({ kind: 'works' });
  const choice = choiceOn(working);
  expect((await choice.for('bios')).kind).toBe('kvm');
  await choice.kvmDied('bios', 'KVM internal error');
  const after = {
    kind: 'tcg',
    reason:
      'KVM failed in a machine (KVM internal error): processors are emulated; ' +
      'to try KVM again: bootfleet local stop, then BOOTFLEET_ACCELERATOR=kvm bootfleet local start',
  };
  expect(await choice.for('bios')).toEqual(after);
  expect(choice.known('bios')).toEqual(after);
  expect(await choiceOn(working).for('bios')).toEqual(after);
  expect((await choice.for('uefi')).kind).toBe('kvm');
  // As the reason says; and what that finds counts from then on.
  expect((await choiceOn(working, 'kvm').for('bios')).kind).toBe('kvm');
  expect((await choiceOn(working).for('bios')).kind).toBe('kvm');
});

test('a machine that did not start speaks against KVM only when QEMU says so', () => {
  const options = { late: false, seconds: 10 };
  const said = (words: string): Verdict =>
    launchVerdict(machineNotStarted({ machine: 'probe', how: 'ended by SIGABRT', said: words }), options);
  expect(said("kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.")).toMatchObject({
    kind: 'fails',
  });
  expect(said('cannot set up guest memory: Cannot allocate memory')).toMatchObject({ kind: 'unknown' });
  expect(launchVerdict(qemuMissing({ program: 'qemu-system-x86_64' }), options)).toMatchObject({
    kind: 'unknown',
  });
});

test('a damaged answer does not count', () => {
  const kept = JSON.stringify({ host: 'h', kind: 'kvm', reason: 'ran' });
  expect(parseKept(kept, 'h')).toEqual({ kind: 'kvm', reason: 'ran' });
  for (const bad of [
    '',
    'null',
    kept.slice(0, -3),
    '{"host":"h","kind":"hvf","reason":"x"}',
    '{"kind":"kvm"}',
  ])
    expect(parseKept(bad, 'h')).toBeUndefined();
});
