import { Transform, type TransformCallback } from 'node:stream';
import { beginMark, endMark } from '../contracts/framed-command.ts';

/** Bytes of what came before the command that are kept, for messages. */
const keptNoise = 2048;
/** Bytes of an exit status with its line end, at most. */
const longestStatus = 8;

/**
 * Passes on what a command has written to one of its streams, and nothing that came before it or behind it; see
 * contracts/framed-command.ts. Bytes are held back only while they may be the beginning of a mark.
 */
export class FramedOutput extends Transform {
  readonly #begin: Buffer;
  readonly #end: Buffer;
  #held: Buffer = Buffer.alloc(0);
  #place: 'before' | 'within' | 'status' | 'behind' = 'before';
  #noise = '';
  #status: number | undefined;

  constructor(nonce: string) {
    super();
    this.#begin = Buffer.from(beginMark(nonce));
    this.#end = Buffer.from(endMark(nonce));
  }

  /** The command was begun: what the login shell printed is over. */
  get begun(): boolean {
    return this.#place !== 'before';
  }

  /** Its exit status, once it has ended. Above 128 it may be a shell's word for a signal. */
  get status(): number | undefined {
    return this.#status;
  }

  /** The first of what came before the command. */
  get noise(): string {
    return this.#noise.trim();
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    if (this.#place === 'before') this.#skipNoise();
    if (this.#place === 'within') this.#passOn();
    if (this.#place === 'status') this.#readStatus();
    if (this.#place === 'behind') this.#held = Buffer.alloc(0);
    done();
  }

  /** A command that was killed with its shell has no end mark: what was held back is its own. */
  override _flush(done: TransformCallback): void {
    if (this.#place === 'before') this.#keep(this.#held);
    if (this.#place === 'within' && this.#held.length > 0) this.push(this.#held);
    this.#held = Buffer.alloc(0);
    done();
  }

  #skipNoise(): void {
    const at = this.#held.indexOf(this.#begin);
    const end = at < 0 ? this.#held.length - begunMark(this.#held, this.#begin) : at;
    this.#keep(this.#held.subarray(0, end));
    this.#held = this.#held.subarray(at < 0 ? end : at + this.#begin.length);
    if (at >= 0) this.#place = 'within';
  }

  #passOn(): void {
    const at = this.#held.indexOf(this.#end);
    const end = at < 0 ? this.#held.length - begunMark(this.#held, this.#end) : at;
    if (end > 0) this.push(this.#held.subarray(0, end));
    this.#held = this.#held.subarray(at < 0 ? end : at + this.#end.length);
    if (at >= 0) this.#place = 'status';
  }

  #readStatus(): void {
    const end = this.#held.indexOf(0x0a);
    if (end < 0 && this.#held.length < longestStatus) return;
    const text = this.#held.toString('latin1', 0, end < 0 ? longestStatus : end);
    if (/^\d{1,3}$/.test(text)) this.#status = Number(text);
    this.#place = 'behind';
  }

  #keep(noise: Buffer): void {
    this.#noise += noise.toString('utf8').slice(0, keptNoise - this.#noise.length);
  }
}

/** Bytes at the end of some that may be the beginning of a mark. */
function begunMark(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(bytes.length, mark.length - 1); length > 0; length -= 1)
    if (bytes.subarray(-length).equals(mark.subarray(0, length))) return length;
  return 0;
}
