import { setTimeout as pause } from 'node:timers/promises';
import { objectNotReadable, storageUnreachable } from '../errors/storage.ts';
import { isPassing, isPassingStatus, restBefore } from './passing-trouble.ts';
import { type RequestedStore, withStoreErrors } from './store-request.ts';

/**
 * Asks for an object without credentials until it may be read.
 *
 * @param patience seconds for which a refusal is waited out; other trouble that passes is as long as anywhere.
 * @returns the last status: 200 when it may be read.
 * @throws BF1501 when nobody answers.
 */
export async function readableAnonymously(
  store: RequestedStore,
  url: string,
  patience: number,
): Promise<number> {
  const begun = performance.now();
  for (let tries = 1; ; tries += 1) {
    const seen = await look(url);
    if (seen === 200) return 200;
    const rest = restBefore(tries, Math.random());
    const waited = (performance.now() - begun + rest) / 1000;
    const isRefusal = seen === 403 || seen === 404;
    const isOver = waited > (isRefusal ? Math.min(patience, store.patience) : store.patience);
    if (typeof seen === 'number' && (isOver || !(isRefusal || isPassingStatus(seen)))) return seen;
    if (typeof seen !== 'number' && isOver)
      throw storageUnreachable({ endpoint: store.access.endpoint, detail: seen.message }, { cause: seen });
    store.onTrouble(
      `reading ${url} without a key: ${typeof seen === 'number' ? seen : seen.message}; trying again`,
    );
    await pause(rest);
  }
}

/**
 * Reads a small object as text, without credentials.
 *
 * @throws BF1504 for any status but success, BF1501 when nobody answers.
 */
export async function readAnonymously(store: RequestedStore, url: string): Promise<string> {
  return withStoreErrors(store, `reading ${url}`, async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) throw objectNotReadable({ url, status: answer.status });
    return answer.text();
  });
}

/** The status, or what kept the request from having one. */
async function look(url: string): Promise<number | Error> {
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(15_000) });
    return answer.status;
  } catch (error) {
    const { cause } = error as Error;
    const reason = cause instanceof Error && cause.message !== '' ? cause : (error as Error);
    if (!isPassing(error)) throw error;
    return reason;
  }
}
