import { afterEach } from 'vitest';

const said: { readonly command: string; readonly output: () => string }[] = [];

/** Notes a command of the test that is running. When that fails, what it printed is told: an assertion seldom says why. */
export function noteCommand(command: string, output: () => string): void {
  said.push({ command, output });
}

afterEach(({ task }) => {
  const commands = said.splice(0);
  if (task.result?.state !== 'fail') return;
  for (const { command, output } of commands) console.error(`${command}\n${output()}`);
});
