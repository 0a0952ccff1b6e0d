import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AcceleratorChoice } from '../../../../localcloud/machines/accelerator/choice.ts';
import { hostIdentity } from '../../../../localcloud/machines/accelerator/host-identity.ts';
import { probeAccelerator } from '../../../../localcloud/machines/accelerator/probe.ts';
import { cacheFolder } from '../../../../scripts/setup/folders.ts';
import { processesNaming } from '../lab.ts';

let folder: string;
beforeAll(async () => {
  // A place of its own, so that probes of other tests are not taken for left over.
  folder = await mkdtemp(join(tmpdir(), 'bf-'));
  process.env['TMPDIR'] = folder;
});
afterAll(async () => {
  delete process.env['TMPDIR'];
  await rm(folder, { recursive: true, force: true });
});

test.each(['bios', 'uefi'] as const)(
  '%s: the probe passes where iPXE answers, and leaves nothing',
  async (firmware) => {
    const began = performance.now();
    expect(await probeAccelerator('tcg', firmware, 60)).toEqual({ kind: 'works' });
    console.log(`${firmware}: ${((performance.now() - began) / 1000).toFixed(2)} s`);
    expect(await processesNaming(folder)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  },
);

test('it ends within its time, and says what was missing', async () => {
  expect(await probeAccelerator('tcg', 'bios', 1)).toEqual({
    kind: 'fails',
    problem: expect.stringMatching(/within 1 s$/) as string,
  });
});

test('what is chosen on this host is never a KVM that fails the probe', async () => {
  const found = await new AcceleratorChoice({ cacheFolder: cacheFolder(), wanted: 'auto' }).for('bios');
  const again = found.kind === 'kvm' ? await probeAccelerator('kvm', 'bios') : { kind: 'works' };
  expect(again).toEqual({ kind: 'works' });
});

test('the host is known by its boot, its QEMU and its firmware', async () => {
  const identity = await hostIdentity('bios');
  expect(identity).toMatch(/boot .*qemu-system-x86_64 .*bios-256k\.bin .*efi-virtio\.rom /);
  expect(await hostIdentity('bios')).toBe(identity);
  expect(await hostIdentity('uefi')).toMatch(/OVMF|edk2|ovmf/);
});
