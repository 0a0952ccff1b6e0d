import type { Deadline } from '../../waiting/deadline.ts';
import type { Target } from '../target/agent.ts';
import type { SendMode } from './choose-mode.ts';

/** A slot image: a raw file on this machine. */
export interface SlotImage {
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 and SHA-512 of the file, hex. upgrade.sh prints one of them. */
  readonly sha256: string;
  readonly sha512: string;
  readonly build: string;
}

/** How to send; see `sendImage`. */
export interface SendOptions {
  readonly target: Target;
  readonly slot: string;
  readonly image: SlotImage;
  readonly mode: SendMode;
  /** Whether the target can unpack deflate. */
  readonly unpacks: boolean;
  /** Bytes a second; undefined for no limit. */
  readonly limit?: number | undefined;
  readonly deadline: Deadline;
  /** Stops the transfer cleanly; nothing is made active. */
  readonly signal?: AbortSignal | undefined;
  /** The rollout that holds the machine's lock: kept alive while sending. */
  readonly lock: { readonly id: string; readonly owner: string; readonly host: string };
  /** Called with bytes of the image that the target has rebuilt. */
  readonly onProgress?: (done: number, total: number) => void;
  /** upgrade.sh's own lines. */
  readonly onOutput?: (line: string) => void;
  /** Called with bytes that go over the wire, either way: also those of a transfer that fails later. */
  readonly onWire?: (bytes: number) => void;
}
