import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';

const program = path.resolve('standin/main.ts');

/** Starts the stand-in as a grandchild and prints its process id; its parent is the shell that we can kill. */
function startBehindShell(): ReturnType<typeof spawn> {
  return spawn('sh', ['-c', '"$0" "$1" </dev/null & echo "pid $!"; wait', process.execPath, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('the stand-in outlives the end of its input, and ends after its parent was killed', async () => {
  const shell = startBehindShell();
  if (!shell.stdout) throw new Error('no output');
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value?.replace('pid ', ''));
  // It has read the end of its input long before it prints the port that it serves on.
  expect(Number((await lines.next()).value)).toBeGreaterThan(0);
  expect(alive(pid)).toBe(true);
  const ended = once(shell, 'exit');
  shell.kill('SIGKILL');
  await ended;
  await poll({
    probe: () => Promise.resolve(alive(pid) ? undefined : true),
    deadline: Deadline.after(20),
    every: 0.1,
    onTimeout: () => {
      process.kill(pid, 'SIGKILL');
      return new Error('the stand-in still runs 20 s after its parent was killed');
    },
  });
});
