import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a folder in one step: `fill` works in a temporary folder beside it, which then takes the name. A set-up that
 * is killed half-way leaves nothing that looks finished. An older folder of the name is replaced.
 */
export async function installFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), `.new-${basename(target)}-`));
  try {
    await fill(work);
    await chmod(work, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(work, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
