import { agentFailed } from '../../errors/rollout.ts';
import { keepText, startAgent } from '../target/agent.ts';
import { defaultBlock } from './block-digest.ts';
import type { SendOptions } from './send-options.ts';
import { Sender } from './sender.ts';
import { readIndex, type SlotIndex } from './slot-index.ts';

/** A transfer whose bytes are all on the target, compared, with upgrade.sh waiting for its last block. */
export interface ConfirmedImage {
  /** What the target computed over the rebuilt image. */
  readonly sha256: string;
  /** Bytes over the wire so far, both directions, without SSH's own. */
  readonly wire: number;
  readonly seconds: { readonly index: number; readonly transfer: number };
  /** Lets upgrade.sh go on and waits for its end. Throws BF1703 when it ends badly; `undone` says what is active. */
  release(): Promise<void>;
  /** Gives up instead: upgrade.sh is killed, nothing is made active. */
  abandon(): Promise<void>;
}

/**
 * Sends an image to the inactive slot up to the point where only its last block is missing to upgrade.sh.
 *
 * @throws BF1703 when the image did not get there whole, BF1701 when the machine cannot take it.
 */
export async function sendImage(options: SendOptions): Promise<ConfirmedImage> {
  const begun = performance.now();
  const index = options.mode === 'delta' ? await askIndex(options) : { slots: [], wire: 0 };
  const indexed = performance.now();
  const sender = await Sender.start(options, index.slots);
  try {
    const wire = (await sender.send()) + index.wire;
    const sha256 = await sender.expect('confirmed');
    const seconds = { index: (indexed - begun) / 1000, transfer: (performance.now() - indexed) / 1000 };
    return { sha256, wire, seconds, release: () => sender.release(), abandon: () => sender.stop() };
  } catch (error) {
    await sender.stop();
    throw error;
  }
}

async function askIndex({
  target,
  image,
  deadline,
  onWire,
}: SendOptions): Promise<{ slots: SlotIndex[]; wire: number }> {
  const running = await startAgent(target, 'index', { block: defaultBlock, bytes: image.bytes }, deadline);
  running.stdin.end();
  const stderr = keepText(running.stderr);
  try {
    const index = await readIndex(counted(running.stdout, onWire));
    await running.exited;
    return index;
  } catch (error) {
    running.kill();
    const detail = stderr() || (error as Error).message;
    throw agentFailed(
      { machine: target.machine, command: 'index', reason: 'ended', detail },
      { cause: error },
    );
  }
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onWire: SendOptions['onWire'],
): AsyncGenerator<Uint8Array> {
  for await (const bytes of stream) {
    onWire?.(bytes.length);
    yield bytes;
  }
}
