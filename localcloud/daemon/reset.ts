import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AddressPool } from '../addresses/address-pool.ts';
import { cacheFolder, type Environment } from '../../scripts/setup/folders.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import { stopDaemon, type StopResult } from './stop.ts';

/** Stops the daemon and deletes everything that it kept. The folder is gone afterwards. @throws BF1803 */
export async function resetCloud(
  deadline: Deadline,
  env: Environment = process.env,
): Promise<StopResult & { readonly folder: string }> {
  let root = '';
  const result = await stopDaemon(deadline, env, async (folder) => {
    root = folder.root;
    await new AddressPool(join(cacheFolder(env), 'addresses'), folder.root, 0).release(() => false);
    await rm(folder.root, { recursive: true, force: true });
  });
  return { ...result, folder: root };
}
