import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AddressPool } from '../../../localcloud/addresses/address-pool.ts';
import { addressesOf, blockCount, firstFree, nextBlock } from '../../../localcloud/addresses/blocks.ts';
import { tryLock } from '../../../localcloud/addresses/mutex.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'addresses-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const testPort = 20_022;

/** A pool of one embedded cloud, and all that it gave out. */
async function pool(
  name: string,
): Promise<{ next: () => Promise<string>; pool: AddressPool; owner: string }> {
  const owner = join(folder, name);
  await mkdir(owner);
  const taken = new Set<string>();
  const own = new AddressPool(join(folder, 'claims'), owner, testPort);
  return {
    owner,
    pool: own,
    next: () => own.allocate({ taken: () => taken, reserve: (address) => taken.add(address) }),
  };
}

it('never gives two embedded clouds the same address', async () => {
  const pools = await Promise.all(['a', 'b', 'c'].map(pool));
  const given = await Promise.all(pools.flatMap(({ next }) => Array.from({ length: 10 }, () => next())));
  expect(new Set(given).size).toBe(given.length);
});

it('goes on in a second block when one is full', async () => {
  const owner = join(folder, 'full');
  await mkdir(owner);
  const own = new AddressPool(join(folder, 'claims'), owner, testPort);
  const first = await own.allocate({ taken: () => new Set(), reserve: () => undefined });
  const block = Number(first.split('.')[2]);
  const second = await own.allocate({ taken: () => new Set(addressesOf(block)), reserve: () => undefined });
  expect(second.split('.')[2]).toBe(String((block + 1) % blockCount));
});

it('passes over an address on which another program listens', async () => {
  const { next, pool: own } = await pool('a');
  const first = await own.allocate({ taken: () => new Set(), reserve: () => undefined });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(testPort, first, resolve));
  try {
    expect(await next()).not.toBe(first);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

it('counts no claim whose embedded cloud is gone, and gives back its own', async () => {
  const gone = await pool('gone');
  await gone.next();
  await rm(gone.owner, { recursive: true });
  const { next, pool: own } = await pool('here');
  await next();
  expect(await readdir(join(folder, 'claims'))).toHaveLength(1);
  await own.release(() => true);
  expect(await readdir(join(folder, 'claims'))).toHaveLength(1);
  await own.release(() => false);
  expect(await readdir(join(folder, 'claims'))).toEqual([]);
});

it('finds a free block wherever it begins to look, while there is one', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat({ max: blockCount - 1 })),
      fc.nat({ max: blockCount - 1 }),
      (claimed, from) => {
        const block = nextBlock(new Set(claimed), from);
        expect(block === undefined).toBe(claimed.length === blockCount);
        if (block !== undefined) expect(claimed).not.toContain(block);
      },
    ),
  );
});

it('gives no address out twice', () => {
  const taken = new Set<string>();
  for (let count = 0; count < 508; count += 1) {
    const address = firstFree([3, 4], taken);
    expect(address).toBeDefined();
    taken.add(address ?? '');
  }
  expect(taken.size).toBe(508);
  expect(firstFree([3, 4], taken)).toBeUndefined();
});

it('locks: one holder at a time, free again after it', async () => {
  const name = `bootfleet-test-${process.pid}`;
  const first = await tryLock(name);
  expect(first).toBeDefined();
  expect(await tryLock(name)).toBeUndefined();
  await first?.release();
  const second = await tryLock(name);
  expect(second).toBeDefined();
  await second?.release();
});
