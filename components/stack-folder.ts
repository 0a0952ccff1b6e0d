import path from 'node:path';
import { dataFolder } from '../contracts/environment.ts';
import { parseUrn } from './resource-urn.ts';

/**
 * The folder of a stack's own files (transcripts, host keys, digests): `$BOOTFLEET_DATA/stacks/<stack>`, by default
 * `.bootfleet/stacks/<stack>` in the project. It is not created here.
 *
 * @param stack the stack's name. Example: `local`.
 * @param project the project's folder; Pulumi starts programs and providers in it.
 */
export function stackFolder(stack: string, project: string = process.cwd()): string {
  // A stack's name may hold slashes on Pulumi Cloud (organisation/project/stack).
  const folder = stack.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return path.join(dataFolder(process.env, project), 'stacks', folder);
}

/** The same for a resource's URN; see `dynamicUrn`. */
export function stackFolderOf(urn: string): string {
  return stackFolder(parseUrn(urn).stack);
}
