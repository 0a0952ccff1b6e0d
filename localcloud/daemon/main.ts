/** The daemon's process: started by `bootfleet local start` or by its watcher, told what to do by one argument (JSON). */
import { BootfleetError, describeError } from '../../errors/error.ts';
import type { DaemonOptions } from './options.ts';
import { outliveOwnOutput } from './own-output.ts';
import { runDaemon } from './run.ts';
import { letGo, tell } from './starter.ts';

/** What the process tells the one that started it. */
export type StartMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: ReturnType<BootfleetError['toJSON']> };

if (import.meta.main) await main();

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as DaemonOptions;
  outliveOwnOutput();
  // The terminal that started it may go away.
  process.on('SIGHUP', () => undefined);
  try {
    const daemon = await runDaemon(options);
    const stop = (): void => {
      daemon.stop().then(
        () => process.exit(0),
        (thrown: unknown) => {
          process.stderr.write(`${describeError(thrown)}\n`);
          process.exit(1);
        },
      );
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
    if (options.tied === true) {
      process.on('disconnect', stop);
      if (!process.connected) stop();
    }
    await tell({ kind: 'ready' });
    if (options.tied !== true) letGo();
  } catch (thrown) {
    process.stderr.write(`${describeError(thrown)}\n`);
    if (thrown instanceof BootfleetError) await tell({ kind: 'failed', error: thrown.toJSON() });
    letGo();
    process.exit(1);
  }
}
