import { exportStack } from '../components/export-stack.ts';
import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';

/** One resource in a stack's state. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * What Pulumi's state of a stack holds; empty when there is no such stack. Asks no cloud.
 *
 * @throws BF1908 before set-up, and what `exportStack` throws.
 */
export async function readStackState(stack: string): Promise<StateResource[]> {
  const exported = await exportStack(stack, { ...process.env, ...(await pulumiEnvironment()) });
  return exported === undefined ? [] : parseState(exported);
}

/** The resources of an exported state. Pure. Source: `apitype.DeploymentV3` in pulumi/sdk/go/common/apitype/core.go */
export function parseState(text: string): StateResource[] {
  const parsed = JSON.parse(text) as { deployment?: { resources?: unknown } | null };
  const resources = parsed.deployment?.resources;
  if (!Array.isArray(resources)) return [];
  return (resources as { urn?: string; type?: string; id?: string; outputs?: Record<string, unknown> }[]).map(
    ({ urn = '', type = '', id = '', outputs = {} }) => ({
      type,
      name: urn.slice(urn.lastIndexOf('::') + 2),
      id,
      outputs,
    }),
  );
}
