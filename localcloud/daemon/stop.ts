import { rm } from 'node:fs/promises';
import { tryLock, type HeldLock } from '../addresses/mutex.ts';
import { stopFailed } from '../../errors/localcloud.ts';
import type { Environment } from '../../scripts/setup/folders.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { lives, signalProcess } from '../machines/process-identity.ts';
import { readEndpoints } from './endpoints.ts';
import { cloudFolder, lockName, type CloudFolder } from './folder.ts';
import { endLeftProcesses, isDaemon, sendSignal, type LeftProcess } from './left-processes.ts';
import { readWatch, type WatchRecord } from './watch-record.ts';

/** What a stop found. */
export interface StopResult {
  /** Whether a daemon was running. */
  readonly wasRunning: boolean;
  /** Processes that a killed daemon had left, ended now. */
  readonly ended: readonly LeftProcess[];
}

/**
 * Ends the daemon and makes sure that none of its processes is left, also those of a daemon that was killed.
 *
 * @param then done while nothing else can start in the folder.
 * @throws BF1803
 */
export async function stopDaemon(
  deadline: Deadline,
  env: Environment = process.env,
  then: (folder: CloudFolder) => Promise<void> = () => Promise.resolve(),
): Promise<StopResult> {
  const folder = cloudFolder(env);
  const watch = await readWatch(folder.watch);
  // First: it would start the daemon again, or is about to.
  if (watch !== undefined) await signalProcess(watch.process, 'SIGTERM');
  const free = await tryLock(lockName(folder));
  const lock = free ?? (await askedToEnd(folder, deadline));
  try {
    if (watch !== undefined) await watcherGone(watch, deadline);
    const ended = await endLeftProcesses(folder.root, deadline);
    await rm(folder.endpoints, { force: true });
    await then(folder);
    await rm(folder.watch, { force: true });
    return { wasRunning: free === undefined || watch !== undefined, ended };
  } finally {
    await lock.release();
  }
}

/** @throws BF1803 */
async function watcherGone({ process: { pid }, process }: WatchRecord, deadline: Deadline): Promise<void> {
  await poll({
    probe: async () => ((await lives(process)) ? undefined : true),
    deadline,
    every: 0.05,
    onTimeout: () =>
      stopFailed({ processes: `the daemon's watcher (${pid})`, seconds: Math.round(deadline.length / 1000) }),
  });
}

/** Sends SIGTERM and waits until the daemon's lock is free, which it is when the process is gone. */
async function askedToEnd(folder: CloudFolder, deadline: Deadline): Promise<HeldLock> {
  let asked: number | undefined;
  return await poll({
    probe: async () => {
      const lock = await tryLock(lockName(folder));
      if (lock !== undefined) return lock;
      // Only while the lock is held does the file's process id mean the daemon.
      const pid = (await readEndpoints(folder.endpoints))?.pid;
      if (pid !== undefined && pid !== asked && (await isDaemon(pid))) {
        sendSignal(pid, 'SIGTERM');
        asked = pid;
      }
      return undefined;
    },
    deadline,
    every: 0.1,
    onTimeout: () =>
      stopFailed({
        processes: asked === undefined ? `the daemon of ${folder.root}` : `the daemon (${asked})`,
        seconds: Math.round(deadline.length / 1000),
      }),
  });
}
