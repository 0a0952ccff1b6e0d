/** Prints the one line that says which way set-up took for a tool. */
export function say(tool: string, text: string): void {
  process.stdout.write(`setup: ${tool}: ${text}\n`);
}

/**
 * Runs something long and says every 15 seconds that it is still going, and for how long.
 * @param doing Example: `building pulumi`.
 */
export async function withProgress<T>(tool: string, doing: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  const timer = setInterval(() => {
    say(tool, `still ${doing} (${seconds()} s)`);
  }, 15_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
