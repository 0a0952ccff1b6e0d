import { exportStack } from '../components/export-stack.ts';
import { parseState, type StateResource } from '../components/stack-resources.ts';
import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';

/**
 * What Pulumi's state of a stack holds; empty when there is no such stack. Asks no cloud.
 *
 * @throws BF1908 before set-up, and what `exportStack` throws.
 */
export async function readStackState(stack: string): Promise<StateResource[]> {
  const exported = await exportStack(stack, { ...process.env, ...(await pulumiEnvironment()) });
  return exported === undefined ? [] : parseState(exported);
}
