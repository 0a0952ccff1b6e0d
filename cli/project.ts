import { join } from 'node:path';
import { projectMissing } from '../errors/state.ts';
import { readSettings } from './stack-fleet-file.ts';
import type { StackName } from './stack-name.ts';

/** The name of the Pulumi project in a folder, from its Pulumi.yaml. @throws BF2003, and what `readSettings` throws */
export function projectName(folder: string): string {
  const file = join(folder, 'Pulumi.yaml');
  const name = (readSettings(file) as { name?: unknown } | null | undefined)?.name;
  if (typeof name !== 'string') throw projectMissing({ file });
  return name;
}

/** A stack, and the project whose it is. */
export interface Owner {
  readonly project: string;
  /** Without its project. Example: `local`. */
  readonly stack: string;
}

/**
 * Whose a stack is that a command line names. The project is the folder's unless the name says it.
 *
 * @throws what `projectName` throws, when the name does not say the project.
 */
export function ownerOf(
  { name, project }: Pick<StackName, 'name' | 'project'>,
  folder: string = process.cwd(),
): Owner {
  return { stack: name, project: project ?? projectName(folder) };
}
