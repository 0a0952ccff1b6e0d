import { setTimeout as pause } from 'node:timers/promises';
import { hostKeyMismatch } from '../../errors/machine.ts';
import { fingerprint, sameHostKey } from '../../remote/host-key.ts';
import type { RemoteSession } from '../../remote/session.ts';
import type { DialogueContext } from './context.ts';

/** A host key that the console may say while a machine boots. */
export interface SaidHostKey {
  readonly hostKey: string | undefined;
  /** Resolves when the host key was said, or when nothing more will be. Never rejects. */
  readonly keyOrEnd: Promise<unknown>;
}

/**
 * Records how the host key became known, and refuses a login whose key is not the one on the console.
 *
 * @throws BF1601
 */
export async function learnHostKey(
  { findings, inputs, waits }: Pick<DialogueContext, 'findings' | 'inputs' | 'waits'>,
  session: Pick<RemoteSession, 'hostKey' | 'hostKeySource'>,
  said: SaidHostKey,
): Promise<void> {
  if (session.hostKeySource === 'pinned') return;
  await Promise.race([said.keyOrEnd, pause(waits.hostKeyLine * 1000, undefined, { ref: false })]);
  if (said.hostKey !== undefined && !sameHostKey(said.hostKey, session.hostKey)) {
    throw hostKeyMismatch({
      machine: inputs.machine,
      address: 'its public address',
      expected: `${fingerprint(said.hostKey)} (from its console)`,
      found: fingerprint(session.hostKey),
    });
  }
  findings.hostKey = session.hostKey;
  findings.hostKeySource = said.hostKey === undefined ? 'first-contact' : 'console';
}
