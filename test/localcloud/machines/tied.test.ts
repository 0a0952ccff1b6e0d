import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { identityOf, lives } from '../../../localcloud/machines/process-identity.ts';
import { tied } from '../../../localcloud/machines/tied.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';

test('what is tied ends with a parent that is killed', async () => {
  const parent = `
    import { spawn } from 'node:child_process';
    import { tied } from ${JSON.stringify(new URL('../../../localcloud/machines/tied.ts', import.meta.url).href)};
    const { program, argv } = tied('sleep', ['60']);
    console.log(spawn(program, argv, { detached: true }).pid);
    setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', parent], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
  const sleeper = await identityOf(Number(line));
  if (sleeper === undefined) throw new Error('it never ran');
  // At once: also when it has not tied itself yet, it must not stay.
  owner.kill('SIGKILL');
  await poll({
    deadline: Deadline.after(20),
    every: 0.02,
    probe: async () => ((await lives(sleeper)) ? undefined : true),
    onTimeout: () => new Error('it outlived its parent'),
  });
});

test('a parent that is gone before it was tied: nothing is started', async () => {
  const { program, argv } = tied('sleep', ['60'], 1);
  const child = spawn(program, argv, { stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([1, null]);
});
