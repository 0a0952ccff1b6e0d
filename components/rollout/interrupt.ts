/**
 * One signal for the whole provider process that fires on Ctrl-C. Pulumi sends SIGINT to its providers and kills them
 * five seconds later: enough to end transfers cleanly, and sometimes to finish a machine past its activation. What does
 * not end in time is taken up by the next `pulumi up`, from what the machine itself says.
 */
let controller: AbortController | undefined;

/** The signal; from the first call on, SIGINT and SIGTERM no longer end the process by themselves. */
export function interruption(): AbortSignal {
  if (!controller) {
    const made = new AbortController();
    controller = made;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        // A second one means it: whoever sends it does not want to wait.
        if (made.signal.aborted) process.exit(130);
        made.abort(new Error('interrupted'));
      });
    }
  }
  return controller.signal;
}
