import { afterEach } from 'vitest';
import { takeCommands } from './harness/said.ts';

/** Set-up of the project e2e: when a test fails, what its commands printed is told. An assertion seldom says why. */
afterEach(({ task }) => {
  const commands = takeCommands();
  if (task.result?.state !== 'fail') return;
  for (const { command, output } of commands) console.error(`${command}\n${output()}`);
});
