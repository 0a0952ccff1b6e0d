import { join, resolve } from 'node:path';
import { cacheFolder, dataFolder as stackData, type Environment } from '../../contracts/environment.ts';

export { cacheFolder, setting, type Environment } from '../../contracts/environment.ts';

/** The folder of this checkout (or of the installed package): where package.json is. */
export const checkout: string = resolve(import.meta.dirname, '..', '..');

/** A stack's own files and the local stack's Pulumi state: `$BOOTFLEET_DATA`, by default `.bootfleet` in the checkout. */
export function dataFolder(env: Environment = process.env): string {
  return stackData(env, checkout);
}

/** Where one tool of one version is kept. Example: `~/.cache/bootfleet/tools/versitygw-1.8.0`. */
export function toolFolder(name: string, version: string, env: Environment = process.env): string {
  return join(cacheFolder(env), 'tools', `${name}-${version}`);
}
