import { exportStack } from '../components/export-stack.ts';
import { parseState, type StateResource } from '../components/stack-resources.ts';
import { stackMissing } from '../errors/state.ts';
import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';
import { ownerOf } from './project.ts';
import type { StackName } from './stack-name.ts';

/**
 * What Pulumi's state of a stack holds. Asks no cloud.
 *
 * @throws BF2006 when there is no such stack, BF1908 before set-up, and what `exportStack` throws.
 */
export async function readStackState(stack: StackName): Promise<StateResource[]> {
  const exported = await exportStack(stack.given, { ...process.env, ...(await pulumiEnvironment()) });
  if (exported === undefined) throw stackMissing(ownerOf(stack));
  return parseState(exported);
}
