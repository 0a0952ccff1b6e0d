import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from './run-step.ts';
import { stateFolder } from './setup/pulumi/backend.ts';

/**
 * Removes the lock that a killed `pulumi` has left on the demo's stack, so that the next one goes on. A lock that
 * somebody holds is left alone, and the step says whose it is.
 *
 * @param again the command that a user runs to go on.
 * @throws BF1915 when somebody holds the lock.
 */
export async function removeLeftLock(
  env: Readonly<Record<string, string>>,
  bootfleet: (...args: string[]) => [string, ...string[]],
  again: string,
): Promise<void> {
  const locks = join(stateFolder(), '.pulumi', 'locks', 'organization', 'bootfleet', 'local');
  if (!existsSync(locks) || readdirSync(locks).length === 0) return;
  await runStep({ name: 'bootfleet repair', command: bootfleet('repair', 'local', '--yes'), env }, again);
}
