import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { stateLocked } from '../../errors/state.ts';
import { readLocks } from './locks.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Refuses while a command holds a stack. A lock whose process is gone holds nothing.
 *
 * @param folder of the stack's locks.
 * @param own name of a lock that does not count.
 * @throws BF2001
 */
export async function refuseWhileLocked(stack: string, folder: string, own = ''): Promise<void> {
  const locks = await readLocks(folder);
  const held = locks.find(({ file, process }) => process !== 'gone' && file !== own);
  if (held !== undefined) throw stateLocked({ stack, holder: held.holder, file: held.file });
}

/**
 * Does something while it holds a stack's lock, as Pulumi's file backend does: no `pulumi up` begins meanwhile. It looks
 * before it locks and again behind, so that of two that come at once at most one goes on.
 * Source: `Lock` in pulumi/pkg/backend/diy/lock.go
 *
 * @param folder of the stack's locks; see `stateFiles`.
 * @throws BF2001 while another command holds it, and what `work` throws.
 */
export async function whileLocked<T>(stack: string, folder: string, work: () => Promise<T>): Promise<T> {
  await refuseWhileLocked(stack, folder);
  const file = join(folder, `${randomUUID()}.json`);
  const release = (): void => {
    rmSync(file, { force: true });
  };
  const endedBy = (signal: NodeJS.Signals): void => {
    release();
    // Nobody listens to it any more: it ends the process, as it would have.
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.once(signal, endedBy);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, await content(), { flag: 'wx' });
    await refuseWhileLocked(stack, folder, file);
    return await work();
  } finally {
    await rm(file, { force: true });
    for (const signal of signals) process.off(signal, endedBy);
  }
}

/** Pulumi shows the first four; `program` tells `readLocks` which program its process runs, as that is no Pulumi. */
async function content(): Promise<string> {
  return JSON.stringify({
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
    program: (await readFile('/proc/self/comm', 'utf8').catch(() => 'pulumi')).trim(),
  });
}
