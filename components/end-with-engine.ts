import { connect } from 'node:http2';
import { endLeftProcesses } from './left-by-engine.ts';

/** Milliseconds until an engine that closed the line is tried once more. */
const again = 200;

/**
 * Ends this process at once when Pulumi's engine is gone: a `pulumi` that was killed cannot end its providers, and one
 * that went on typing on a console would meet the next `pulumi up` there. What it was doing is left as by a kill of
 * its own, which everything in bootfleet is made for. What else the engine has started and left goes too.
 *
 * The engine serves gRPC, which is HTTP/2: an idle session to it ends exactly when the engine does. It does not keep
 * this process alive.
 *
 * @param address of the engine. Example: `127.0.0.1:42749`.
 * @param end what to do; for tests. Default: SIGKILL for this process, because nothing may be tidied up any more.
 */
export function endWithEngine(
  address: string,
  end = (): void => {
    endNow(address);
  },
): void {
  const watch = (whenUnreachable: () => void): void => {
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
      if (reached) setTimeout(watch, again, end);
      else whenUnreachable();
    });
  };
  // The engine started this process, so one that cannot be reached at all was killed while this process was loading.
  watch(() => setTimeout(watch, again, end));
}

function endNow(address: string): void {
  endLeftProcesses({ engine: address });
  process.kill(process.pid, 'SIGKILL');
}
