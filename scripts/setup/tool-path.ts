import { join } from 'node:path';
import { findCommand, isExecutable } from './find-command.ts';
import { type Environment, toolFolder } from './folders.ts';
import { versions } from './versions.ts';

/**
 * Where a tool that set-up brings is: on PATH, else in the cache. Looks at files only, so it is quick.
 *
 * @returns an absolute path, or `undefined` when set-up has not run (`npm run setup`).
 * @example toolPath('versitygw') // /root/.cache/bootfleet/tools/versitygw-1.8.0/versitygw
 */
export function toolPath(name: 'versitygw', env: Environment = process.env): string | undefined {
  const cached = join(toolFolder(name, versions[name], env), name);
  return findCommand(name, env) ?? (isExecutable(cached) ? cached : undefined);
}
