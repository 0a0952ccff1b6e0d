import type { StackEnvironment } from '../cli/stack-environment.ts';
import { namesIfThere } from '../cli/if-there.ts';
import { backendFolder, stateFiles, type StateFiles } from '../cli/repair/state-file.ts';
import { userHome } from '../contracts/environment.ts';
import { runStep } from './run-step.ts';
import { checkout } from './setup/folders.ts';
import { backendUrl } from './setup/pulumi/backend.ts';

/** Where the state of the demo's stack is kept; undefined when the user's backend keeps it in no files. */
function demoState(): StateFiles | undefined {
  const folder = backendFolder(backendUrl(), checkout, userHome);
  return folder === undefined ? undefined : stateFiles(folder, { project: 'bootfleet', stack: 'local' });
}

/**
 * Removes the lock that a killed `pulumi` has left on the demo's stack, so that the next one goes on. A lock that
 * somebody holds is left alone, and the step says whose it is.
 *
 * @param again the command that a user runs to go on.
 * @throws BF1915 when somebody holds the lock.
 */
export async function removeLeftLock(
  env: StackEnvironment,
  bootfleet: (...args: string[]) => [string, ...string[]],
  again: string,
): Promise<void> {
  const files = demoState();
  if (files === undefined || (await namesIfThere(files.locks)).length === 0) return;
  await runStep({ name: 'bootfleet repair', command: bootfleet('repair', 'local', '--yes'), env }, again);
}
