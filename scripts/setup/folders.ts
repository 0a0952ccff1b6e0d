import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of this checkout (or of the installed package): where package.json is. */
export const checkout: string = resolve(import.meta.dirname, '..', '..');

/** Tools and built artifacts, shared by checkouts: `$BOOTFLEET_CACHE` (docs/architecture.md, "Environment"). */
export function cacheFolder(env: Environment = process.env): string {
  return (
    setting(env, 'BOOTFLEET_CACHE') ??
    join(setting(env, 'XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'bootfleet')
  );
}

/** A stack's own files and the local stack's Pulumi state: `$BOOTFLEET_DATA`, by default `.bootfleet` in the checkout. */
export function dataFolder(env: Environment = process.env): string {
  return resolve(checkout, setting(env, 'BOOTFLEET_DATA') ?? '.bootfleet');
}

/** Where one tool of one version is kept. Example: `~/.cache/bootfleet/tools/versitygw-1.8.0`. */
export function toolFolder(name: string, version: string, env: Environment = process.env): string {
  return join(cacheFolder(env), 'tools', `${name}-${version}`);
}

/** An environment variable that is set and not empty. */
export function setting(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}
