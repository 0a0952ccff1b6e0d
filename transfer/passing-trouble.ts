/**
 * Codes of an object store whose cause passes. Source: Amazon S3 API, Error responses; OperationAborted is what creating a
 * bucket meets soon after it was deleted, or another operation on it.
 */
const passingCodes = new Set([
  'ConditionalRequestConflict',
  'InternalError',
  'OperationAborted',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** A host name that has no address is wrong, not late: ENOTFOUND is none of them. */
const passingConnection =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|UND_ERR_)/;

/**
 * True for trouble that goes away by itself: a connection that broke (its answer may be lost, the request done), an
 * answer that is cut, a store that is overloaded or at work on the same thing. Not for what is refused. Pure.
 */
export function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, $metadata, $response, cause } = error as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
    $response?: unknown;
    cause?: unknown;
  };
  if (passingCodes.has(name ?? '') || name === 'TimeoutError') return true;
  if (passingConnection.test(code ?? '')) return true;
  // `fetch` says "fetch failed" and has the reason inside; so has a connection that was tried over several addresses.
  if (error instanceof TypeError && cause !== undefined) return isPassing(cause);
  if (error instanceof AggregateError) return error.errors.some(isPassing);
  const status = $metadata?.httpStatusCode ?? 0;
  if (isPassingStatus(status)) return true;
  // An answer that cannot be read: it was cut, or something between spoke instead of the store.
  return $response !== undefined && (status === 0 || status === 200) && name === 'SyntaxError';
}

/** True for a status of HTTP that stands for such trouble. Pure. */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/**
 * Milliseconds before the next attempt: 0.2 s, twice as many each time, 4 s at most; by chance between half and all of it,
 * so that many machines' requests do not come again together. Pure.
 *
 * @param tries attempts that failed.
 * @param chance 0 to 1.
 */
export function restBefore(tries: number, chance: number): number {
  const most = Math.min(4000, 200 * 2 ** (tries - 1));
  return Math.round(most * (0.5 + chance / 2));
}

/** Attempts at least, however long each took: the first trouble of a slow line is not its last. */
const leastTries = 3;

/**
 * True when a request that failed is worth another attempt. Pure.
 *
 * @param tries attempts that failed.
 * @param waited seconds of rests, with the next one, and of attempts that reached nobody. What an attempt took to send is
 *   not counted: on a slow line a request that works takes longer than any patience.
 * @param patience seconds.
 */
export function isWorthAnother(tries: number, waited: number, patience: number): boolean {
  return tries < leastTries || waited <= patience;
}

/** True for an error of connecting: nothing was sent, all of its time was waiting. Pure. */
export function isUnconnected(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { syscall, cause } = error as { syscall?: unknown; cause?: unknown };
  if (syscall === 'connect') return true;
  if (error instanceof AggregateError) return error.errors.some(isUnconnected);
  return error instanceof TypeError && isUnconnected(cause);
}
