import { rm } from 'node:fs/promises';
import { tryLock, type HeldLock } from '../addresses/mutex.ts';
import { stopFailed } from '../../errors/localcloud.ts';
import type { Environment } from '../../scripts/setup/folders.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { readEndpoints } from './endpoints.ts';
import { cloudFolder, lockName, type CloudFolder } from './folder.ts';
import { endLeftProcesses, isDaemon, sendSignal, type LeftProcess } from './left-processes.ts';

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
  const free = await tryLock(lockName(folder));
  const lock = free ?? (await askedToEnd(folder, deadline));
  try {
    const ended = await endLeftProcesses(folder.root, deadline);
    await rm(folder.endpoints, { force: true });
    await then(folder);
    return { wasRunning: free === undefined, ended };
  } finally {
    await lock.release();
  }
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
