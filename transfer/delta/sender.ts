import type { Writable } from 'node:stream';
import { transferFailed } from '../../errors/rollout.ts';
import { keepText, startAgent } from '../target/agent.ts';
import { answerLines, type Answer } from '../target/answers.ts';
import type { TargetProcess } from '../target/target-session.ts';
import { unlessAborted } from '../../waiting/unless-aborted.ts';
import { defaultBlock, filePieces } from './block-digest.ts';
import { dataFrame, frame, frameSize, instruction } from './frames.ts';
import { planPiece, type TargetBlocks } from './plan-blocks.ts';
import { RateLimit } from './rate-limit.ts';
import type { SendOptions } from './send-options.ts';
import type { SlotIndex } from './slot-index.ts';

/** One run of the receiver on the target: frames go out, answers come back at the same time. */
export class Sender {
  readonly #options: SendOptions;
  readonly #process: TargetProcess;
  readonly #blocks: TargetBlocks;
  readonly #rate: RateLimit;
  readonly #stderr: () => string;
  readonly #waiting = new Map<string, (value: string) => void>();
  readonly #seen = new Map<string, string>();
  /** Fires when the receiver has ended, with why as its reason. */
  readonly #end = new AbortController();
  readonly #pings: NodeJS.Timeout;
  #wire = 0;

  static async start(options: SendOptions, slots: readonly SlotIndex[]): Promise<Sender> {
    const { target, slot, image, lock, deadline } = options;
    const given = {
      slot,
      block: defaultBlock,
      bytes: image.bytes,
      sha256: image.sha256,
      sha512: image.sha512,
      build: image.build,
      ...lock,
      time: new Date().toISOString(),
    };
    return new Sender(options, slots, await startAgent(target, 'receive', given, deadline));
  }

  private constructor(options: SendOptions, slots: readonly SlotIndex[], running: TargetProcess) {
    this.#options = options;
    this.#process = running;
    this.#blocks = { slots, writing: options.slot, block: defaultBlock };
    this.#rate = new RateLimit(options.limit);
    this.#stderr = keepText(running.stderr);
    // Told to whoever is waiting for something; between two waits nobody is.
    this.#listen().catch((error: unknown) => {
      this.#end.abort(error);
    });
    this.#pings = setInterval(() => this.#process.stdin.write(frame('P')), 10_000);
    options.signal?.addEventListener('abort', () => void this.stop(), { once: true });
  }

  /** Sends every frame of the image and its end; returns the bytes that went over the wire. */
  async send(): Promise<number> {
    const pack = this.#options.mode !== 'full' && this.#options.unpacks;
    let pending: Buffer[] = [];
    let size = 0;
    let block = 0;
    const flush = async (): Promise<void> => {
      if (size > 0) await this.#write(await dataFrame(pending, pack));
      pending = [];
      size = 0;
    };
    for await (const piece of filePieces(this.#options.image.file, frameSize / 2)) {
      for (const source of planPiece(piece, block, this.#blocks)) {
        const bytes = instruction(source);
        pending.push(bytes);
        size += bytes.length;
      }
      block += piece.length / this.#blocks.block;
      if (size >= frameSize / 4) await flush();
    }
    await flush();
    await this.#write(frame('E'));
    return this.#wire;
  }

  /** Waits for an answer with that key. */
  expect(key: string): Promise<string> {
    const seen = this.#seen.get(key);
    if (seen !== undefined) return Promise.resolve(seen);
    const said = new Promise<string>((resolve) => this.#waiting.set(key, resolve));
    return unlessAborted(said, this.#end.signal);
  }

  async release(): Promise<void> {
    clearInterval(this.#pings);
    await this.#write(frame('G'));
    try {
      await this.expect('written');
    } finally {
      this.#process.stdin.end();
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#pings);
    this.#process.stdin.end();
    this.#process.stdin.destroy();
    // The receiver answers the end of its input by killing upgrade.sh; its own end says that this is done.
    await onAbort(AbortSignal.any([this.#end.signal, this.#options.deadline.signal]));
    this.#process.kill();
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#rate.take(bytes.length);
    this.#wire += bytes.length;
    this.#options.onWire?.(bytes.length);
    await unlessAborted(writeAll(this.#process.stdin, bytes), this.#end.signal);
  }

  async #listen(): Promise<never> {
    const { target, image, onProgress, onOutput } = this.#options;
    let error: Answer | undefined;
    for await (const answer of answerLines(this.#process.stdout)) {
      const [[key = '', value = ''] = []] = answer;
      if (key === 'error') error = answer;
      else if (key === 'output') onOutput?.(value);
      else if (key === 'taken') onProgress?.(Number(value), image.bytes);
      else {
        this.#seen.set(key, value);
        this.#waiting.get(key)?.(value);
      }
    }
    const { status, signal } = await this.#process.exited;
    const { signal: stopped } = this.#options;
    throw transferFailed({
      machine: target.machine,
      reason: error?.get('error') ?? (stopped?.aborted ? 'interrupted' : 'disconnected'),
      detail:
        error?.get('detail') ??
        (this.#stderr() || `the receiver ended with ${status ?? signal ?? 'its connection'}`),
    });
  }
}

/** Writes and waits until the stream wants more. A stream that is closed meanwhile counts as written: its end is told elsewhere. */
function writeAll(stream: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.write(bytes)) resolve();
    else {
      const done = (): void => {
        stream.off('drain', done);
        stream.off('close', done);
        resolve();
      };
      stream.once('drain', done);
      stream.once('close', done);
    }
  });
}

function onAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
