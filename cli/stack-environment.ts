import type { CloudRef } from '../clouds/cloud.ts';
import { keptFromProvider, providerVariables } from '../components/fleet/foreign-variables.ts';
import { describeError } from '../errors/error.ts';
import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';
import { stackCloud } from './stack-cloud.ts';
import type { StackName } from './stack-name.ts';

/** Variables to run `pulumi` with, on top of the present environment; `undefined`: not to be set. */
export type StackEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * What `pulumiEnvironment` says, without the variables that would send the provider plugin to another cloud than the
 * stack's. `pulumi destroy` and `pulumi refresh` run no program that could refuse them.
 *
 * @param file the `--file` option.
 * @param tell hears why, when the fleet file does not say which cloud it is: then all variables stay.
 * @throws BF1908 before set-up.
 */
export async function stackEnvironment(
  stack: StackName,
  file?: string,
  tell: (text: string) => void = (text) => process.stderr.write(`${text}\n`),
  env: NodeJS.ProcessEnv = process.env,
): Promise<StackEnvironment> {
  const variables = await pulumiEnvironment(env);
  const taken = takenAway(() => stackCloud(stack, file), tell, env);
  return { ...variables, ...Object.fromEntries(taken.map((name) => [name, undefined])) };
}

/**
 * The names to be taken away; the fleet file is read only when there are any to decide about.
 *
 * @param plugins the environment that the provider plugin would get.
 */
export function takenAway(
  cloudOf: () => CloudRef,
  tell: (text: string) => void,
  plugins: NodeJS.ProcessEnv,
): string[] {
  const given = providerVariables.filter((name) => plugins[name] !== undefined);
  if (given.length === 0) return [];
  try {
    return keptFromProvider(cloudOf(), plugins);
  } catch (error) {
    tell(`${given.join(', ')} stay set, whatever the stack's cloud is: ${describeError(error)}`);
    return [];
  }
}
