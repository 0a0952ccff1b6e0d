import { subscribe } from 'node:diagnostics_channel';

/**
 * One signal for the whole provider process that fires on Ctrl-C. On the first one Pulumi calls `Cancel` of its
 * providers and waits for what has begun, which Pulumi's own dynamic provider ignores: without this, machines that wait
 * for their turn would still be upgraded. At the end of a run, also of an ordinary one, it sends SIGINT and kills five
 * seconds later: enough to end transfers cleanly, and sometimes to finish a
 * machine past its activation. What does not end in time is taken up by the next `pulumi up`, from what the machine
 * itself says.
 */
let controller: AbortController | undefined;
/** Pieces of work that must not be cut off. */
let working = 0;

/** The signal; from the first call on, SIGINT and SIGTERM end the process only while nothing is being worked on. */
export function interruption(): AbortSignal {
  if (!controller) {
    const made = new AbortController();
    controller = made;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        // A second one means it: whoever sends it does not want to wait.
        if (working === 0 || made.signal.aborted) process.exit(130);
        made.abort(new Error('interrupted'));
      });
    }
    // The call cannot be taken over from the provider that Pulumi wrote, but Node tells of each one that comes in.
    // https://nodejs.org/api/diagnostics_channel.html#http2
    subscribe('http2.server.stream.created', (message) => {
      const { headers } = message as { readonly headers: Readonly<Record<string, unknown>> };
      if (headers[':path'] === '/pulumirpc.ResourceProvider/Cancel') made.abort(new Error('interrupted'));
    });
  }
  return controller.signal;
}

/** Does work on machines that a first Ctrl-C lets end by itself; it learns of it from the signal. */
export async function uninterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = interruption();
  working += 1;
  try {
    return await work(signal);
  } finally {
    working -= 1;
  }
}
