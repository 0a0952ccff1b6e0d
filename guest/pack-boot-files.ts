import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 12 } };

/** A kernel and its ramdisk, ready to be loaded by iPXE or QEMU. */
export interface BootFiles {
  /** Files `vmlinuz` and `initrd`. */
  readonly kernel: string;
  readonly initrd: string;
  /** SHA-256 over both, in hex: their name wherever they are stored. */
  readonly digest: string;
}

/**
 * Packs a ramdisk and puts it beside its kernel into `<home>/<digest>/`, or finds them there. Packing takes two
 * seconds and every `pulumi` asks, so what came out of a content is written down in `<home>/<its digest>.packed`.
 *
 * @param image file of the kernel.
 * @param archive the ramdisk, unpacked (cpio).
 */
export async function packBootFiles(home: string, image: string, archive: Uint8Array): Promise<BootFiles> {
  const kernel = await readFile(image);
  const content = createHash('sha256').update(kernel).update(archive).update(JSON.stringify(compression));
  const note = join(home, `${content.digest('hex')}.packed`);
  const before = await readFile(note, 'utf8').catch(() => '');
  if (/^[0-9a-f]{64}$/.test(before) && existsSync(join(home, before))) return filesIn(home, before);
  const initrd = await compress(archive, compression);
  const digest = createHash('sha256').update(kernel).update(initrd).digest('hex');
  await mkdir(home, { recursive: true });
  const partial = await mkdtemp(join(home, '.new-'));
  await copyFile(image, join(partial, 'vmlinuz'));
  await writeFile(join(partial, 'initrd'), initrd);
  await writeFile(join(partial, 'note'), digest);
  await rename(join(partial, 'note'), note);
  // Whoever comes second finds the same bytes there.
  await rename(partial, join(home, digest)).catch(() => rm(partial, { recursive: true, force: true }));
  return filesIn(home, digest);
}

function filesIn(home: string, digest: string): BootFiles {
  const folder = join(home, digest);
  return { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd'), digest };
}
