import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseAccelerator, parseCached, probeSector } from '../../../localcloud/machines/accelerator.ts';

const hasKvm = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
  () => true,
  () => false,
);

test('the probe is a boot sector', () => {
  const sector = probeSector();
  expect(sector).toHaveLength(512);
  expect([sector[510], sector[511]]).toEqual([0x55, 0xaa]);
});

test.runIf(hasKvm)('KVM only when the probe says so; the answer is kept until the next boot', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'accelerator-'));
  try {
    let probes = 0;
    const failing = (): Promise<string> => {
      probes += 1;
      return Promise.resolve('did not run');
    };
    const found = await chooseAccelerator(folder, failing);
    expect(found).toEqual({ kind: 'tcg', reason: expect.stringContaining('did not run') as string });
    expect(await chooseAccelerator(folder, failing)).toEqual(found);
    expect(probes).toBe(1);
    const other = join(folder, 'other');
    expect((await chooseAccelerator(other, () => Promise.resolve(undefined))).kind).toBe('kvm');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('an answer of another boot, or a damaged one, does not count', () => {
  const kept = JSON.stringify({ bootId: 'b1', kind: 'kvm', reason: 'ran' });
  expect(parseCached(kept, 'b1')).toEqual({ kind: 'kvm', reason: 'ran' });
  expect(parseCached(kept, 'b2')).toBeUndefined();
  for (const bad of ['', 'null', '{"bootId":"b1","kind":"hvf","reason":"x"}'])
    expect(parseCached(bad, 'b1')).toBeUndefined();
});
