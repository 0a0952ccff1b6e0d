import { connect, type ClientHttp2Session } from 'node:http2';

/** Milliseconds until an engine that closed the line is tried once more. */
const again = 200;

/**
 * Ends this process at once when Pulumi's engine is gone: a `pulumi` that was killed cannot end its providers, and one
 * that went on typing on a console would meet the next `pulumi up` there. What it was doing is left as by a kill of
 * its own, which everything in bootfleet is made for.
 *
 * The engine serves gRPC, which is HTTP/2: an idle session to it ends exactly when the engine does. It does not keep
 * this process alive.
 *
 * @param address of the engine. Example: `127.0.0.1:42749`.
 * @param end what to do; for tests. Default: SIGKILL for this process, because nothing may be tidied up any more.
 */
export function endWithEngine(
  address: string,
  end: () => void = () => process.kill(process.pid, 'SIGKILL'),
): void {
  const watch = (whenUnreachable: () => void): ClientHttp2Session => {
    const session = connect(`http://${address}`);
    let reached = false;
    session.on('connect', () => {
      reached = true;
      session.unref();
    });
    // What the error was does not matter: `close` follows.
    session.on('error', () => undefined);
    session.on('close', () => {
      // An engine that lives may close an idle session; only one that no longer listens is gone.
      if (reached) setTimeout(() => watch(end), again);
      else whenUnreachable();
    });
    return session;
  };
  // An engine that never was there says nothing about its end.
  watch(() => undefined);
}
