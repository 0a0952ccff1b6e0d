import { join } from 'node:path';
import { expect, test } from 'vitest';
import { heldMemory } from '../../../localcloud/machines/held-memory.ts';
import { memoryNeeded } from '../../../localcloud/machines/host-room.ts';
import { openQemuDriver } from '../../../localcloud/machines/qemu-driver.ts';
import { machineType } from '../../../localcloud/machines/server-types.ts';
import { cacheFolder } from '../../../scripts/setup/folders.ts';
import { openLab } from './lab.ts';

test('a host with room for two switches on the second one, whatever the first has touched by then, and no third', async () => {
  const mebibyte = 1024 * 1024;
  const lab = await openLab('room');
  const total = 2 * memoryNeeded(machineType('START1-XS')?.memory ?? 0, 'tcg') * mebibyte;
  /** What the processes held when the driver asked last: the host has so much less. */
  const holding = new Map<number, number>();
  const driver = await openQemuDriver({
    folder: join(lab.folder, 'own'),
    cacheFolder: cacheFolder(),
    accelerator: 'tcg',
    portOffset: 20000,
    endsWithUs: true,
    held: async (pid) => {
      const bytes = await heldMemory(pid);
      holding.set(pid, bytes);
      return bytes;
    },
    room: () => {
      const held = [...holding.values()].reduce((sum, bytes) => sum + bytes, 0);
      return Promise.resolve({ memory: total - held, disk: 10_000 * mebibyte });
    },
  });
  try {
    await driver.start(await lab.spec('one'));
    await driver.start(await lab.spec('two'));
    expect([...holding.values()].every((bytes) => bytes > 5 * mebibyte)).toBe(true);
    await expect(driver.start(await lab.spec('three'))).rejects.toThrow(
      /BF1843.*, and this host has 0 MiB left/,
    );
    expect(holding.size).toBe(2);
  } finally {
    await driver.stopAll();
    await lab.close();
  }
});
