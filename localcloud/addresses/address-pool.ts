import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesExhausted } from '../../errors/localcloud.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { blockCount, firstFree, nextBlock } from './blocks.ts';
import { isFree } from './free-port.ts';
import { lock } from './mutex.ts';

/**
 * Gives out loopback addresses, each to one server of one embedded cloud of this machine. Each embedded cloud
 * claims blocks of 254 by a file in a folder that all of them know; a claim whose data folder is gone counts no
 * more. What other programs listen on is found out by listening there for a moment.
 */
export class AddressPool {
  readonly #claims: string;
  readonly #owner: string;
  readonly #testPort: number;
  /** Requests of this process wait for each other here, those of others at the lock. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param claims folder of the claims, the same for all embedded clouds of a user.
   * @param owner this embedded cloud's data folder.
   * @param testPort a port that must be free on an address: that of SSH with the port offset.
   */
  constructor(claims: string, owner: string, testPort: number) {
    this.#claims = claims;
    this.#owner = owner;
    this.#testPort = testPort;
  }

  /**
   * An address that nobody has.
   * @param use the addresses in use here, and what to do with the new one before anybody else is asked.
   * @throws BF1804
   */
  async allocate(use: { taken(): ReadonlySet<string>; reserve(address: string): void }): Promise<string> {
    return await this.#inTurn(() => this.#allocate(use));
  }

  /** Gives back all blocks, unless one is in use. */
  async release(inUse: () => boolean): Promise<void> {
    await this.#inTurn(() => this.#release(inUse));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }

  async #allocate(use: { taken(): ReadonlySet<string>; reserve(address: string): void }): Promise<string> {
    const held = await lock('bootfleet-addresses', Deadline.after(30));
    try {
      const unusable = new Set(use.taken());
      for (;;) {
        const claims = await this.#read();
        const mine = [...claims].filter(([, owner]) => owner === this.#owner).map(([block]) => block);
        const address = firstFree(mine, unusable);
        if (address === undefined) await this.#claim(new Set(claims.keys()));
        else if (!(await isFree(address, this.#testPort))) unusable.add(address);
        else {
          use.reserve(address);
          return address;
        }
      }
    } finally {
      await held.release();
    }
  }

  async #release(inUse: () => boolean): Promise<void> {
    const held = await lock('bootfleet-addresses', Deadline.after(30));
    try {
      if (inUse()) return;
      for (const [block, owner] of await this.#read()) {
        if (owner === this.#owner) await rm(this.#file(block), { force: true });
      }
    } finally {
      await held.release();
    }
  }

  /** All claims that count, by block. */
  async #read(): Promise<Map<number, string>> {
    await mkdir(this.#claims, { recursive: true, mode: 0o700 });
    const claims = new Map<number, string>();
    for (const name of await readdir(this.#claims)) {
      const block = Number(/^127\.66\.(\d+)$/.exec(name)?.[1] ?? NaN);
      if (!(block < blockCount)) continue;
      const owner = (await readFile(this.#file(block), 'utf8')).trim();
      if (existsSync(owner)) claims.set(block, owner);
      else await rm(this.#file(block), { force: true });
    }
    return claims;
  }

  async #claim(claimed: ReadonlySet<number>): Promise<void> {
    const preferred = createHash('sha256').update(this.#owner).digest()[0] ?? 0;
    const block = nextBlock(claimed, preferred);
    if (block === undefined) throw addressesExhausted({ claimed: claimed.size });
    await writeFile(this.#file(block), `${this.#owner}\n`, { mode: 0o600 });
  }

  #file(block: number): string {
    return join(this.#claims, `127.66.${block}`);
  }
}
