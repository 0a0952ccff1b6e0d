import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The environment variables that bootfleet reads, and the one reader for them: a variable that is empty, or holds
 * blanks only, is not set. A test holds that no other file reads one. What each means: docs/architecture.md,
 * "Environment".
 */

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables with a meaning of their own to bootfleet. */
export type VariableName =
  | 'BOOTFLEET_ACCELERATOR'
  | 'BOOTFLEET_BOOTS_AT_ONCE'
  | 'BOOTFLEET_CACHE'
  | 'BOOTFLEET_DATA'
  | 'BOOTFLEET_HOME'
  | 'BOOTFLEET_S3_ENDPOINT'
  | 'GOGC'
  | 'HOME'
  | 'NODE_COMPILE_CACHE'
  | 'NO_COLOR'
  | 'PULUMI_BACKEND_URL'
  | 'PULUMI_CONFIG_PASSPHRASE_FILE'
  | 'PULUMI_HOME'
  | 'PULUMI_NODEJS_ENGINE'
  | 'PULUMI_NODEJS_MONITOR'
  | 'PULUMI_PARALLEL'
  | 'SCW_ACCESS_KEY'
  | 'SCW_API_URL'
  | 'SCW_DEFAULT_PROJECT_ID'
  | 'SCW_DEFAULT_ZONE'
  | 'SCW_SECRET_KEY'
  | 'XDG_CACHE_HOME'
  | 'XDG_DATA_HOME';

/**
 * The value of a variable; `undefined` when it is not set.
 *
 * @example setting({ BOOTFLEET_DATA: '' }, 'BOOTFLEET_DATA') // undefined
 */
export function setting(env: Environment, name: VariableName): string | undefined {
  const value = env[name];
  return value === undefined || value.trim() === '' ? undefined : value;
}

/** Tools and built artifacts, shared by checkouts: `$BOOTFLEET_CACHE`, else `bootfleet` in the user's cache. Absolute. */
export function cacheFolder(env: Environment = process.env): string {
  const given = setting(env, 'BOOTFLEET_CACHE');
  return given === undefined
    ? join(userFolder(env, 'XDG_CACHE_HOME', '.cache'), 'bootfleet')
    : resolve(given);
}

/** What the embedded cloud keeps: `$BOOTFLEET_HOME`, else `bootfleet` in the user's data. Absolute. */
export function homeFolder(env: Environment = process.env): string {
  const given = setting(env, 'BOOTFLEET_HOME');
  const usual = ['.local', 'share'] as const;
  return given === undefined ? join(userFolder(env, 'XDG_DATA_HOME', ...usual), 'bootfleet') : resolve(given);
}

/**
 * The stacks' own files (transcripts, host keys, digests, state): `$BOOTFLEET_DATA`, else `.bootfleet`. Absolute.
 *
 * @param project the folder that a relative path counts from; Pulumi starts programs and providers in it.
 */
export function dataFolder(env: Environment = process.env, project: string = process.cwd()): string {
  return resolve(project, setting(env, 'BOOTFLEET_DATA') ?? '.bootfleet');
}

/** There is no home directory, and somebody asked for it: `HOME` is not set, and the user has none in the user database. */
export class HomeUnknown extends Error {
  override readonly name = 'HomeUnknown';

  constructor(cause?: unknown) {
    super('there is no home directory: HOME is not set, and this user has none in /etc/passwd', { cause });
  }
}

/**
 * The user's home directory, absolute: `$HOME`, else what the user database says.
 *
 * @param account reads the user's entry in the user database; throws where there is none, as in a container that runs as a user of its own.
 * @throws HomeUnknown
 */
export function userHome(
  env: Environment = process.env,
  account: () => { readonly homedir: string } = userInfo,
): string {
  const home = setting(env, 'HOME');
  if (home !== undefined && isAbsolute(home)) return home;
  let found: string;
  try {
    found = account().homedir;
  } catch (error) {
    throw new HomeUnknown(error);
  }
  // Also an entry may leave it empty.
  if (!isAbsolute(found)) throw new HomeUnknown();
  return found;
}

/** A relative path in such a variable is to be ignored (XDG Base Directory Specification 0.8, "Basics"). */
function userFolder(env: Environment, name: 'XDG_CACHE_HOME' | 'XDG_DATA_HOME', ...usual: string[]): string {
  const given = setting(env, name);
  if (given !== undefined && isAbsolute(given)) return given;
  return join(userHome(env), ...usual);
}
