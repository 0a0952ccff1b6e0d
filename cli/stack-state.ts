import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { stackUnreadable } from '../errors/setup.ts';
import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';

/** One resource in a stack's state. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Largest state that is read, in bytes: 1,000 servers have about 20 MB. */
const largest = 512 * 1024 * 1024;

/**
 * What Pulumi's state of a stack holds; empty when there is no such stack. Asks no cloud.
 *
 * @throws BF1908 before set-up, BF1940 when the CLI cannot read the state.
 */
export async function readStackState(stack: string): Promise<StateResource[]> {
  const env = { ...process.env, ...(await pulumiEnvironment()) };
  try {
    const { stdout } = await promisify(execFile)('pulumi', ['stack', 'export', '--stack', stack], {
      env,
      maxBuffer: largest,
      timeout: 120_000,
    });
    return parseState(stdout);
  } catch (error) {
    const said = ((error as { stderr?: string }).stderr ?? '').trim();
    if (/no stack named/i.test(said)) return [];
    throw stackUnreadable({ stack, reason: said === '' ? (error as Error).message : said }, { cause: error });
  }
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
