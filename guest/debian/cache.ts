import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of built artifacts and downloads, shared by checkouts: `$BOOTFLEET_CACHE`, see docs/architecture.md. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return environment['BOOTFLEET_CACHE'] ?? join(base, 'bootfleet');
}
