import { Transform, type TransformCallback } from 'node:stream';

type Step = 'magic' | 'skip size' | 'frame header' | 'block header';

const magic = 0xfd2fb528;
/** Sixteen magic numbers, which differ in the last four bits. */
const skippable = 0x184d2a50;

/** True for the first four bytes of a Zstandard file: those of a frame, or of one to be skipped, as pzstd writes it first. */
export function beginsZstd(firstBytes: Uint8Array): boolean {
  if (firstBytes.length < 4) return false;
  const word = Buffer.from(firstBytes).readUInt32LE(0);
  return word === magic || isSkippable(word);
}

/**
 * Cuts a Zstandard file into pieces of which none reaches from one frame into the next, and leaves out frames that hold
 * no content. Node's decompressor (24) takes what follows a frame in one piece for garbage, and drops it without a word;
 * given the next frame as a piece of its own it goes on. Source: RFC 8878, sections 3.1.1 (frames and blocks) and 3.1.2
 * (skippable frames).
 *
 * Its errors: bytes between two frames that begin none, and an end within a frame.
 */
export class ZstdFrames extends Transform {
  /** Bytes of a header or number that is being put together. */
  #held = Buffer.alloc(0);
  #wanted = 4;
  #step: Step = 'magic';
  /** Bytes of the part that comes before the next header, which need not be looked at. */
  #passing = 0;
  #dropping = false;
  #hasChecksum = false;
  /** The part being passed is the last of its frame. */
  #last = false;

  constructor() {
    // As objects, because a stream of bytes may join pieces that wait to be read.
    super({ readableObjectMode: true, readableHighWaterMark: 4 });
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    let at = 0;
    while (at < piece.length) {
      if (this.#passing > 0) {
        const taken = Math.min(this.#passing, piece.length - at);
        this.#passing -= taken;
        at += taken;
        if (this.#dropping) from = at;
      } else {
        const taken = Math.min(this.#wanted - this.#held.length, piece.length - at);
        this.#held = Buffer.concat([this.#held, piece.subarray(at, at + taken)]);
        at += taken;
        // Held back until it is known what it begins; see #header.
        if (this.#step === 'magic') from = at;
        if (this.#held.length < this.#wanted) continue;
        const problem = this.#header(this.#held);
        this.#held = Buffer.alloc(0);
        if (problem !== undefined) {
          done(new Error(problem));
          return;
        }
        if (this.#dropping) from = at;
      }
      if (this.#passing === 0 && this.#last) {
        if (!this.#dropping && at > from) this.push(piece.subarray(from, at));
        from = at;
        this.#endFrame();
      }
    }
    if (!this.#dropping && at > from) this.push(piece.subarray(from, at));
    done();
  }

  override _flush(done: TransformCallback): void {
    const atEnd = this.#step === 'magic' && this.#held.length === 0 && this.#passing === 0;
    done(atEnd ? null : new Error('it ends within a Zstandard frame: it was cut short'));
  }

  /** Takes a header that is whole. @returns what is wrong with it. */
  #header(held: Buffer): string | undefined {
    switch (this.#step) {
      case 'magic': {
        const word = held.readUInt32LE(0);
        if (word !== magic && !isSkippable(word))
          return 'what follows a Zstandard frame in it begins no other';
        this.#dropping = word !== magic;
        this.#expect(this.#dropping ? 'skip size' : 'frame header', this.#dropping ? 4 : 1);
        if (!this.#dropping) this.push(held);
        return undefined;
      }
      case 'skip size':
        this.#passing = held.readUInt32LE(0);
        this.#last = true;
        return undefined;
      case 'frame header': {
        const descriptor = held.readUInt8(0);
        this.#hasChecksum = (descriptor & 4) !== 0;
        this.#passing = frameHeaderRest(descriptor);
        this.#expect('block header', 3);
        return undefined;
      }
      case 'block header': {
        const word = held.readUIntLE(0, 3);
        const [isLast, type, size] = [(word & 1) === 1, (word >> 1) & 3, word >> 3];
        if (type === 3) return 'a block of a Zstandard frame in it is of no known type';
        // A block of one repeated byte holds that byte alone.
        this.#passing = (type === 1 ? 1 : size) + (isLast && this.#hasChecksum ? 4 : 0);
        this.#last = isLast;
        return undefined;
      }
    }
  }

  #expect(step: Step, wanted: number): void {
    this.#step = step;
    this.#wanted = wanted;
  }

  #endFrame(): void {
    this.#last = false;
    this.#dropping = false;
    this.#expect('magic', 4);
  }
}

function isSkippable(word: number): boolean {
  return (word & 0xfffffff0) >>> 0 === skippable;
}

/** Bytes of a frame header behind its descriptor: window, dictionary and content size. */
function frameHeaderRest(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + contentSize;
}
