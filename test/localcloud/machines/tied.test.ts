import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { identityOf, lives } from '../../../localcloud/machines/process-identity.ts';
import { tied } from '../../../localcloud/machines/tied.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';

test('what is tied ends with a parent that is killed', async () => {
  const { program, argv } = tied('sleep', ['60']);
  const parent = `
    const child = require('node:child_process').spawn(${JSON.stringify(program)}, ${JSON.stringify(argv)}, { detached: true });
    console.log(child.pid);
    setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
  const sleeper = await identityOf(Number(line));
  if (sleeper === undefined) throw new Error('it never ran');
  expect(await lives(sleeper)).toBe(true);
  owner.kill('SIGKILL');
  await poll({
    deadline: Deadline.after(20),
    every: 0.02,
    probe: async () => ((await lives(sleeper)) ? undefined : true),
    onTimeout: () => new Error('it outlived its parent'),
  });
});
