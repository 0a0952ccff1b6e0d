import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { fleetFilePath } from '../stacks/load.ts';

/**
 * The fleet file of a stack, found as the program finds it: the `--file` option, else the stack's configuration value
 * `bootfleet:fleetFile`, else stacks/<stack>.fleet.yaml.
 *
 * @param option what `--file` said, relative to the working folder.
 */
export function stackFleetFile(stack: string, option?: string, project = process.cwd()): string {
  return fleetFilePath(stack, option ?? configuredFile(stack, project), project);
}

/** The configuration value, from stacks/Pulumi.<stack>.yaml. A secret or absent value counts as none. */
function configuredFile(stack: string, project: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(project, 'stacks', `Pulumi.${stack}.yaml`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  // js-yaml refuses an empty document, and a stack without settings has one.
  if (text.trim() === '') return undefined;
  const settings = load(text) as { config?: Record<string, unknown> } | undefined | null;
  const value = settings?.config?.['bootfleet:fleetFile'];
  return typeof value === 'string' ? value : undefined;
}
