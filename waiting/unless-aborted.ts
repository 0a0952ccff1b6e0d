/**
 * What work resolves to, unless a signal fires before: then it rejects with the signal's reason at once, and what becomes
 * of the work is nobody's concern any more.
 *
 * Nothing of a wait that is over stays with the signal, so one signal may end any number of waits after each other.
 * `Promise.race` against one lasting promise is no substitute: that promise keeps something of every race until it settles.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
