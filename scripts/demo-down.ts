import { existsSync } from 'node:fs';
import { stateFiles } from '../cli/repair/state-file.ts';
import { type StackEnvironment, stackEnvironment } from '../cli/stack-environment.ts';
import { describeError } from '../errors/error.ts';
import { removeLeftLock } from './left-lock.ts';
import { runStep } from './run-step.ts';
import { backendUrl, stateFolder } from './setup/pulumi/backend.ts';

/** `npm run demo:down`: destroy what `npm run demo` made, prove that nothing is left, stop the embedded cloud. */
async function demoDown(): Promise<void> {
  const again = 'npm run demo:down';
  const bootfleet = (...args: string[]): [string, ...string[]] => [process.execPath, 'cli/main.ts', ...args];
  const env = await stackEnvironment({ given: 'local', name: 'local' });
  if (hasStack(env)) {
    // Machines are destroyed through the cloud's API: it has to run, also when it was stopped in between.
    await runStep({ name: 'embedded cloud', command: bootfleet('local', 'start') }, again);
    await removeLeftLock(env, bootfleet, again);
    const destroy = ['pulumi', 'destroy', '--yes', '--skip-preview', '--stack', 'local'] as const;
    await runStep({ name: 'pulumi destroy', command: [...destroy], env }, again);
    await runStep({ name: 'bootfleet leaks', command: bootfleet('leaks', 'local'), env }, again);
  }
  await runStep({ name: 'stop the embedded cloud', command: bootfleet('local', 'stop') }, again);
}

/** Whether the stack `local` was ever made in the local state; with another backend Pulumi itself must say. */
function hasStack(env: StackEnvironment): boolean {
  if (env['PULUMI_BACKEND_URL'] !== backendUrl({ ...process.env, PULUMI_BACKEND_URL: '' })) return true;
  return existsSync(stateFiles(stateFolder(), { project: 'bootfleet', stack: 'local' }).state);
}

try {
  await demoDown();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
