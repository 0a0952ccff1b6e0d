import { join } from 'node:path';
import { dataFolder, type Environment, setting } from '../folders.ts';

/** Where Pulumi keeps the state of local stacks. */
export function stateFolder(env: Environment = process.env): string {
  return join(dataFolder(env), 'state');
}

/**
 * Where Pulumi keeps its state: what the user has set, else files in `stateFolder`.
 *
 * `metadata=skip`: without it Pulumi writes a note `<file>.attrs` beside each file. The files it replaces in one step,
 * by renaming; the notes it empties and writes anew. A kill in between leaves an empty note, and nothing can read the
 * stack any more. Nobody needs the notes. Source: MetadataDontWrite in gocloud.dev/blob/fileblob.
 */
export function backendUrl(env: Environment = process.env): string {
  return setting(env, 'PULUMI_BACKEND_URL') ?? `file://${stateFolder(env)}?metadata=skip`;
}
