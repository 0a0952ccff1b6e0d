/**
 * The process that watches over a daemon: starts it, and starts it again when it ends by itself, so that its machines
 * are adopted. Started by `bootfleet local start`, told what to do by one argument (JSON). It does nothing else, so that
 * there is little in it that could end it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeError } from '../../errors/error.ts';
import { alreadyRunning } from '../../errors/localcloud.ts';
import { afterEnd, defaultRestartPolicy } from '../storage/restart-policy.ts';
import { identityOf } from '../machines/process-identity.ts';
import { cloudFolder } from './folder.ts';
import { openLog } from './log.ts';
import type { StartMessage } from './main.ts';
import type { DaemonOptions } from './options.ts';
import { outliveOwnOutput } from './own-output.ts';
import { letGo, tell } from './starter.ts';
import { dropWatch, writeWatch } from './watch-record.ts';

if (import.meta.main) {
  watch(JSON.parse(process.argv[2] ?? '{}') as DaemonOptions).then(
    (status) => process.exit(status),
    (thrown: unknown) => {
      process.stderr.write(`${describeError(thrown)}\n`);
      process.exit(1);
    },
  );
}

/** Watches until the daemon is stopped, or ends too often. Returns the exit status. */
async function watch(options: DaemonOptions): Promise<number> {
  const folder = cloudFolder();
  const log = openLog(folder.log);
  const own = await identityOf(process.pid);
  if (own === undefined) throw new Error('this process is not in /proc');
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let daemon: ChildProcess | undefined;
  const stop = (): void => {
    stopping.abort();
    daemon?.kill('SIGTERM');
  };
  outliveOwnOutput();
  // The terminal that started it may go away.
  process.on('SIGHUP', () => undefined);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  if (options.tied === true) process.on('disconnect', stop);

  const ends: number[] = [];
  let lastEnd: string | null = null;
  try {
    for (let restarts = 0; ; restarts += 1) {
      daemon = startWorker(options);
      const exit = exitOf(daemon);
      const word = await Promise.race([firstWord(daemon), exit.then(() => undefined)]);
      if (word?.kind === 'ready') await writeWatch(folder.watch, { process: own, restarts, lastEnd });
      if (restarts === 0) {
        if (word !== undefined) await tell(word);
        if (options.tied !== true) letGo();
        if (word?.kind !== 'ready') return 1;
      }
      const end = await exit;
      if (isStopping() || end.status === 0) return 0;
      // Somebody else has started one here meanwhile.
      if (word?.kind === 'failed' && word.error.code === alreadyRunning.definition.code) return 0;
      lastEnd = end.words;
      ends.push(performance.now() / 1000);
      const seconds = afterEnd(ends, defaultRestartPolicy);
      if (seconds === 'give-up') {
        log(`the daemon ${end.words} ${ends.length} times: not started again`);
        return 1;
      }
      log(`the daemon ${end.words}; starting it again in ${seconds} s`);
      await pause(seconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return 0;
    }
  } finally {
    await dropWatch(folder.watch, own);
  }
}

function startWorker(options: DaemonOptions): ChildProcess {
  return spawn(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, 'main.ts'), JSON.stringify(options)],
    {
      // Its own group: a Ctrl-C on a terminal is for this process, which passes it on.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
}

/** What the daemon says first; never resolves when it ends before. */
async function firstWord(daemon: ChildProcess): Promise<StartMessage> {
  return await new Promise((resolve) => {
    daemon.once('message', (message: StartMessage) => {
      resolve(message);
    });
  });
}

async function exitOf(
  daemon: ChildProcess,
): Promise<{ readonly status: number | null; readonly words: string }> {
  return await new Promise((resolve) => {
    daemon.once('error', (error) => {
      resolve({ status: null, words: `could not be started (${error.message})` });
    });
    daemon.once('exit', (status, signal) => {
      const words = signal === null ? `ended with status ${status ?? 'unknown'}` : `was ended by ${signal}`;
      resolve({ status, words });
    });
  });
}
