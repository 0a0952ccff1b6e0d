import { createServer, type Server } from 'node:net';
import { poll } from '../../waiting/poll.ts';
import type { Deadline } from '../../waiting/deadline.ts';

/**
 * Locks that the kernel gives back when their holder dies, however it dies: a listening Unix socket in Linux's
 * abstract namespace (unix(7)). Nothing is left on disk, and two holders are impossible.
 */
export interface HeldLock {
  release(): Promise<void>;
}

/** Takes a lock, or gives `undefined` when somebody has it. `name` holds at most 100 bytes. */
export async function tryLock(name: string): Promise<HeldLock | undefined> {
  const server = createServer((connection) => connection.destroy());
  server.unref();
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ path: `\0${name}` }, () => {
      resolve(true);
    });
  });
  return taken ? { release: () => close(server) } : undefined;
}

/** Takes a lock that is held for moments only. */
export async function lock(name: string, deadline: Deadline): Promise<HeldLock> {
  return await poll({
    probe: () => tryLock(name),
    deadline,
    every: 0.02,
    onTimeout: () => new Error(`the lock ${name} was not free within ${deadline.length / 1000} s`),
  });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
