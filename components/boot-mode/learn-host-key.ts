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
  const late = new AbortController();
  const patience = pause(waits.hostKeyLine * 1000, undefined, { signal: late.signal, ref: false });
  await Promise.race([said.keyOrEnd, patience]);
  late.abort();
  await patience.catch(() => undefined); // Ended early by the line above, and by nothing else.
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
