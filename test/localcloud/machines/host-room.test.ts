import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRefusedStart } from '../../../contracts/refused-start.ts';
import { hostFull } from '../../../errors/localcloud.ts';
import { heldMemory, parseHeldMemory } from '../../../localcloud/machines/held-memory.ts';
import {
  availableMemory,
  diskFloor,
  hostRoom,
  memoryNeeded,
  missingRoom,
  type RecentStart,
  roomOfGroup,
} from '../../../localcloud/machines/host-room.ts';
import { openQemuDriver } from '../../../localcloud/machines/qemu-driver.ts';

const mebibyte = 1024 * 1024;
const room = (memory: number, disk = 10_000): { memory: number; disk: number } => ({
  memory: memory * mebibyte,
  disk: disk * mebibyte,
});

test('a machine needs its memory and that of QEMU; one that is emulated needs more', () => {
  const needed = memoryNeeded(512, 'tcg');
  expect(needed).toBeGreaterThan(memoryNeeded(512, 'kvm'));
  expect(missingRoom(needed, room(needed))).toBeUndefined();
  expect(missingRoom(needed, room(needed - 1))).toEqual({ what: 'memory', needed, available: needed - 1 });
});

test('below the floor of disk no machine is switched on', () => {
  expect(missingRoom(600, room(4000, diskFloor))).toBeUndefined();
  expect(missingRoom(600, room(4000, diskFloor - 1))).toEqual({
    what: 'disk',
    needed: diskFloor,
    available: diskFloor - 1,
  });
});

test('a fleet that starts at once is let in only as far as there is room, whatever it has touched by then', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 100, max: 2000 }),
      (memory, needed) => {
        const started: RecentStart[] = [];
        while (started.length < 300 && missingRoom(needed, room(memory), started) === undefined)
          started.push({ memory: needed, held: 0, age: 1 });
        expect(started.length).toBe(Math.min(300, Math.floor(memory / needed)));
      },
    ),
  );
  // What they took since is in the host's own number.
  expect(missingRoom(600, room(700), [{ memory: 600, held: 0, age: 61 }])).toBeUndefined();
});

test('what a machine took of its promise is not counted twice: the host has so much less, and the answer is the same', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 2000 }),
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 3000 }),
      (needed, shares, more) => {
        const held = shares.map((share) => Math.floor((needed * mebibyte * share) / 100));
        const recent = held.map((bytes) => ({ memory: needed, held: bytes, age: 1 }));
        const total = needed * shares.length + more;
        const left = total * mebibyte - held.reduce((sum, bytes) => sum + bytes, 0);
        const host = { memory: left, disk: 10_000 * mebibyte };
        expect(missingRoom(needed, host, recent) === undefined).toBe(more >= needed);
      },
    ),
  );
  // One that took more than it was promised is owed nothing, and lends nothing.
  expect(missingRoom(600, room(599), [{ memory: 600, held: 900 * mebibyte, age: 1 }])).toBeDefined();
});

test('what a process holds: its own memory and what it shares, not pages of files', async () => {
  const status =
    'Name:\tqemu\nVmRSS:\t  900 kB\nRssAnon:\t  300 kB\nRssFile:\t  500 kB\nRssShmem:\t  100 kB\n';
  expect(parseHeldMemory(status)).toBe(400 * 1024);
  expect(parseHeldMemory('Name:\tqemu\nState:\tZ (zombie)\n')).toBe(0);
  expect(await heldMemory(process.pid)).toBeGreaterThan(mebibyte);
  expect(await heldMemory(2 ** 22 + 1)).toBe(0);
});

test('what the kernel says: MemAvailable, and the limit of a container', () => {
  expect(availableMemory('MemTotal:  100 kB\nMemFree:  10 kB\nMemAvailable:   50 kB\n')).toBe(51_200);
  expect(() => availableMemory('MemTotal: 100 kB\n')).toThrow(/MemAvailable/);
  expect(roomOfGroup('max\n', '5', '')).toBe(Infinity);
  expect(roomOfGroup('', '', '')).toBe(Infinity);
  expect(roomOfGroup('1000\n', '900\n', 'anon 5\ninactive_file 300\n')).toBe(400);
});

test('this host can be asked', async () => {
  const found = await hostRoom(tmpdir());
  expect(found.memory).toBeGreaterThan(0);
  expect(found.disk).toBeGreaterThan(0);
});

test('the refusal is told by its numbers, and is known again in a state detail', () => {
  const error = hostFull({ machine: 'm', what: 'memory', needed: 704, available: 310 });
  const detail = `did not start: ${error.message.split('\n')[0] ?? ''}`;
  expect(parseRefusedStart(detail)).toBe(
    'server m was not switched on: it needs 704 MiB of memory, and this host has 310 MiB left',
  );
  expect(parseRefusedStart('did not start: BF1830: QEMU said')).toBeUndefined();
});

test('a driver refuses before it starts anything', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'room-'));
  try {
    const driver = await openQemuDriver({
      folder,
      cacheFolder: folder,
      accelerator: 'tcg',
      portOffset: 20000,
      endsWithUs: true,
      room: () => Promise.resolve(room(300)),
    });
    const spec = {
      id: 'one',
      serverType: 'START1-XS',
      bootSource: 'network',
      disks: [],
      address: '127.66.0.0',
      macAddress: '52:54:00:00:00:01',
      ports: [],
      metadataSocket: join(folder, 'md'),
      reach: { kind: 'closed', storagePort: undefined },
    } as const;
    await expect(driver.start(spec)).rejects.toThrow(/BF1843.*704 MiB of memory.*300 MiB left/);
    expect(driver.isRunning('one')).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
