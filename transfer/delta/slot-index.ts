import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { digestKey, digestLength } from './block-digest.ts';

const inflateBytes = promisify(inflate);

/** Where blocks lie on the target: for each slot a map from digest to the first block (in `last`: the last) with it. */
export interface SlotIndex {
  readonly letter: string;
  /** First block with that digest. */
  readonly first: ReadonlyMap<bigint, number>;
  /** Digests in order, to ask for the block at a place. */
  readonly digests: Buffer;
}

/** Largest number of blocks that is taken from a machine: a slot of 64 GiB in blocks of 4 KiB. */
const mostBlocks = 2 ** 24;

/**
 * Reads the answer of the agent's `index` command; its form is described in agent/60-slots.pl.
 *
 * @throws Error when the stream is cut short or not of that form.
 * @returns the slots and the number of bytes that came over the wire.
 */
export async function readIndex(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ slots: SlotIndex[]; wire: number }> {
  const reader = new ByteReader(stream);
  const slots: SlotIndex[] = [];
  for (let type = await reader.text(1); type !== 'E'; type = await reader.text(1)) {
    if (type !== 'S')
      throw new Error(
        `the index has an unknown part ${JSON.stringify(type)}: does a login shell print something?`,
      );
    const letter = await reader.text(1);
    const count = (await reader.take(4)).readUInt32BE();
    if (count > mostBlocks) throw new Error(`the index names ${count} blocks`);
    slots.push(indexOf(letter, await digestsOf(reader, count)));
  }
  if ((await reader.drain()) > 0)
    throw new Error('more came behind the index: does a login shell print something?');
  return { slots, wire: reader.taken };
}

async function digestsOf(reader: ByteReader, count: number): Promise<Buffer> {
  const digests = Buffer.alloc(count * digestLength);
  for (let at = 0; at < digests.length;) {
    const type = await reader.text(1);
    const length = (await reader.take(4)).readUInt32BE();
    if (length > 1024 * 1024 || (type !== 'P' && type !== 'Z'))
      throw new Error('a part of the index is damaged');
    const bytes = await reader.take(length);
    const part = type === 'Z' ? await inflateBytes(bytes, { maxOutputLength: 4 * 1024 * 1024 }) : bytes;
    if (part.length === 0 || at + part.length > digests.length)
      throw new Error('a part of the index is too long');
    part.copy(digests, at);
    at += part.length;
  }
  return digests;
}

/** Makes the lookup table of one slot. */
export function indexOf(letter: string, digests: Buffer): SlotIndex {
  const first = new Map<bigint, number>();
  for (let i = digests.length / digestLength - 1; i >= 0; i -= 1) first.set(digestKey(digests, i), i);
  return { letter, first, digests };
}

/** Takes exact lengths from a stream of pieces. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held = Buffer.alloc(0);
  taken = 0;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#source = stream[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Buffer> {
    const parts = [this.#held];
    for (let have = this.#held.length; have < length;) {
      const next = await this.#source.next();
      if (next.done === true) throw new Error('the answer ended too early');
      parts.push(Buffer.from(next.value));
      have += next.value.length;
    }
    const all = parts.length === 1 ? this.#held : Buffer.concat(parts);
    this.#held = all.subarray(length);
    this.taken += length;
    return all.subarray(0, length);
  }

  /** Reads to the end: a stream that is not read to its end is never closed. @returns the bytes that there were. */
  async drain(): Promise<number> {
    let left = this.#held.length;
    for (let next = await this.#source.next(); next.done !== true; next = await this.#source.next())
      left += next.value.length;
    return left;
  }

  async text(length: number): Promise<string> {
    return (await this.take(length)).toString('latin1');
  }
}
