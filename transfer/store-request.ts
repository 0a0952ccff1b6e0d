import { setTimeout as pause } from 'node:timers/promises';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { BootfleetError } from '../errors/error.ts';
import { storageRefused, storageStaysBusy, storageUnreachable } from '../errors/storage.ts';
import { isPassing, isUnconnected, isWorthAnother, restBefore } from './passing-trouble.ts';

/** As much of a store as a request needs. */
export interface RequestedStore {
  readonly access: { readonly endpoint: string };
  readonly bucket: string;
  /** Seconds for which trouble that passes is waited out; what requests take to send is not counted. */
  readonly patience: number;
  /** Hears of each such trouble, and of what the keys do not allow and goes without. */
  readonly onTrouble: (text: string) => void;
}

/**
 * Runs a request, again while its trouble is of the kind that passes, and gives its failures their codes. Errors that are
 * ours already pass.
 *
 * @param run makes the whole request anew at each call; the second may find that the first was done after all.
 * @throws BF1501 nobody answers, BF1502 refused, BF1506 trouble that did not pass.
 */
export async function withStoreErrors<T>(
  store: RequestedStore,
  action: string,
  run: () => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    const asked = performance.now();
    try {
      return await run();
    } catch (error) {
      if (!isPassing(error)) throw coded(store, action, error);
      const now = performance.now();
      const rest = restBefore(tries, Math.random());
      waited += (rest + (isUnconnected(error) ? now - asked : 0)) / 1000;
      if (!isWorthAnother(tries, waited, store.patience))
        throw coded(store, action, error, { tries, seconds: (now - begun) / 1000 });
      store.onTrouble(`${action}: ${detailOf(error)}; trying again`);
      await pause(rest);
    }
  }
}

/** True for an error of the storage with this code. */
export function isNamed(error: unknown, code: string): boolean {
  return error instanceof S3ServiceException && error.name === code;
}

/** The HTTP status that the storage refused with; 0 for anything else. Looks into BF1502 too. */
export function refusedStatus(error: unknown): number {
  if (error instanceof S3ServiceException) return error.$metadata.httpStatusCode ?? 0;
  return error instanceof BootfleetError && error.cause !== undefined ? refusedStatus(error.cause) : 0;
}

/**
 * Runs something that keys with fewer rights, or a store with fewer functions, may refuse (403, 405, 501), and goes on
 * without it then.
 */
export async function unlessRefused<T>(
  store: RequestedStore,
  instead: T,
  consequence: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (![403, 405, 501].includes(refusedStatus(error))) throw error;
    store.onTrouble(`${(error as Error).message.split('\n')[0] ?? ''}; ${consequence}`);
    return instead;
  }
}

function coded(
  { access: { endpoint }, bucket }: RequestedStore,
  action: string,
  error: unknown,
  waited?: { readonly tries: number; readonly seconds: number },
): unknown {
  if (error instanceof BootfleetError) return error;
  const options = { cause: error };
  const detail = detailOf(error);
  const isService =
    error instanceof S3ServiceException || (error as { $response?: unknown }).$response !== undefined;
  if (isService && waited) {
    const seconds = Math.round(waited.seconds);
    return storageStaysBusy({ endpoint, bucket, action, detail, tries: waited.tries, seconds }, options);
  }
  if (error instanceof S3ServiceException)
    return storageRefused({ endpoint, bucket, action, detail }, options);
  return waited || isConnectionError(error) ? storageUnreachable({ endpoint, detail }, options) : error;
}

function detailOf(error: unknown): string {
  if (!(error instanceof S3ServiceException)) return connectionDetail(error as Error);
  const status = error.$metadata.httpStatusCode ?? 0;
  // The answer to HEAD has no body, so the client knows nothing but the status.
  return error.name === 'Unknown' ? `HTTP ${status}` : `${error.name} (${status}) ${error.message}`;
}

/** No connection, for reasons that waiting does not mend. */
function isConnectionError(error: unknown): boolean {
  return /^(ECONN|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT)/.test(
    (error as { code?: string }).code ?? '',
  );
}

/** Happy-eyeballs errors have an empty message and the real ones inside. */
function connectionDetail(error: Error & { code?: string }): string {
  if (error.message !== '') return error.message;
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  return inner instanceof Error ? inner.message : (error.code ?? error.name);
}
