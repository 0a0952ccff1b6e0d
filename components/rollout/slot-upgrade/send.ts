import path from 'node:path';
import { transferFailed } from '../../../errors/rollout.ts';
import { BootfleetError } from '../../../errors/error.ts';
import { chooseMode, type SendMode } from '../../../transfer/delta/choose-mode.ts';
import { sendImage, type ConfirmedImage } from '../../../transfer/delta/send-image.ts';
import type { SendOptions } from '../../../transfer/delta/send-options.ts';
import type { Target } from '../../../transfer/target/agent.ts';
import type { Deadline } from '../../../waiting/deadline.ts';
import { formatBytes } from '../byte-size.ts';
import type { KnownInputs } from './args.ts';
import type { Moved } from './machine.ts';
import type { Observation } from './observation.ts';
import type { MachineMeans } from './parse-observation.ts';
import { rawImage } from './raw-image.ts';
import { isGone } from './reachable.ts';

/** What sending needs of a machine; see `sendToSlot`. */
export interface SendToSlot {
  readonly inputs: KnownInputs;
  readonly slot: string;
  readonly lock: SendOptions['lock'];
  readonly means: MachineMeans;
  /** The machine as seen before. */
  readonly running: Observation | undefined;
  readonly deadline: Deadline;
  readonly signal: AbortSignal | undefined;
  readonly progress: (text: string) => void;
  /** Called with bytes that went over the wire, in whatever attempt. */
  readonly onWire: (bytes: number) => void;
  readonly connect: (deadline: Deadline) => Promise<Target>;
  /** Drops a connection that broke. */
  readonly drop: () => Promise<void>;
}

/** Connections that may break in one transfer before it is given up. */
const mostAttempts = 5;
/** Bytes a second that a link is taken for until something better is known. */
const usualLinkRate = 10e6;

/**
 * Sends an image, over a new connection when one breaks. What had arrived lies in the slot, so every further attempt is
 * a delta, whatever the first was; only `full` asked for by name begins anew.
 */
export async function sendToSlot(send: SendToSlot): Promise<{ confirmed: ConfirmedImage; moved: Moved }> {
  const { inputs, slot, deadline, signal, progress, onWire } = send;
  const { found, policy, machine } = inputs;
  await using image = await rawImage(path.resolve(inputs.image.fs), found);
  let mode = firstMode(send);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const target = await send.connect(deadline);
      const confirmed = await sendImage({
        target,
        slot,
        mode,
        image,
        unpacks: send.means.unpacks,
        limit: policy.transfer.limit,
        deadline,
        signal,
        lock: send.lock,
        onProgress: (done, total) => {
          progress(`sending (${mode}): ${formatBytes(done)} of ${formatBytes(total)}`);
        },
        onOutput: (line) => {
          progress(`upgrade.sh: ${line}`);
        },
        onWire,
      });
      return { confirmed, moved: { sha256: confirmed.sha256, seconds: confirmed.seconds, mode } };
    } catch (error) {
      if (signal?.aborted)
        throw transferFailed(
          { machine, reason: 'interrupted', detail: 'the rollout was stopped' },
          { cause: error },
        );
      if (!isBroken(error) || attempt >= mostAttempts || deadline.passed) throw error;
      progress(`connection ${attempt} broke: ${(error as BootfleetError).summary}; trying again`);
      await send.drop();
      if (policy.transfer.mode !== 'full') mode = 'delta';
    }
  }
}

function firstMode({ inputs, slot, means, running }: SendToSlot): SendMode {
  const { mode, limit } = inputs.policy.transfer;
  if (mode === 'compressed' && !means.unpacks) return 'full';
  if (mode !== 'auto') return mode;
  // An interrupted transfer of this image left most of it in the slot.
  const record = running?.slots.find(({ letter }) => letter === slot)?.record;
  const changedShare = record?.state === 'writing' && record.sha256 === inputs.found.sha256 ? 0.05 : 0.12;
  return chooseMode({
    bytes: inputs.found.bytes,
    linkRate: limit ?? usualLinkRate,
    readRate: means.hashRate,
    unpacks: means.unpacks,
    changedShare,
  });
}

function isBroken(error: unknown): boolean {
  return isGone(error) || (error instanceof BootfleetError && error.facts['reason'] === 'disconnected');
}
