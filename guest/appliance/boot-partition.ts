import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel } from '../debian/kernel.ts';
import { fetchPackages } from '../debian/packages.ts';
import { runTool } from '../debian/run.ts';
import { kernelArguments } from './kernel-arguments.ts';

/** What a BIOS and a UEFI firmware start. */
export interface BootLoaders {
  /** 440 bytes for the boot record: starts the first partition, although the fourth is the active one. */
  readonly bootRecord: Buffer;
  /** `efi/boot/bootx64.efi`. */
  readonly efi: Buffer;
  /** `efi/boot/ldlinux.e64`, which it loads. */
  readonly efiModule: Buffer;
}

/** Takes both loaders out of Debian's syslinux packages. */
export async function fetchBootLoaders(cache?: string): Promise<BootLoaders> {
  const [common, efi] = await fetchPackages(['syslinux-common', 'syslinux-efi'], cache);
  const library = join(common?.folder ?? '', 'usr/lib');
  const code = await readFile(join(library, 'syslinux/mbr/altmbr.bin'));
  // altmbr.bin takes the number of the partition to start from the byte that follows it.
  const bootRecord = Buffer.concat([code, Buffer.from([1])]);
  return {
    bootRecord,
    efi: await readFile(join(efi?.folder ?? '', 'usr/lib/SYSLINUX.EFI/efi64/syslinux.efi')),
    efiModule: await readFile(join(library, 'syslinux/modules/efi64/ldlinux.e64')),
  };
}

const configuration = `DEFAULT stand-in
PROMPT 0
TIMEOUT 0
LABEL stand-in
  KERNEL /vmlinuz
  INITRD /initrd
  APPEND ${kernelArguments}
`;

/**
 * The FAT file system of the EFI partition, made with mtools: no root rights, no loop device. It holds kernel
 * and ramdisk of the first stage, syslinux for BIOS and for UEFI.
 * @throws BF1930 when mtools or syslinux is not installed.
 */
export async function buildBootPartition(
  size: { readonly sectors: number; readonly hiddenSectors: number; readonly time: number },
  files: { readonly kernel: Kernel; readonly initrd: Buffer; readonly loaders: BootLoaders },
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-fat-'));
  const env = { SOURCE_DATE_EPOCH: String(size.time), MTOOLS_SKIP_CHECK: '1' };
  try {
    const image = join(folder, 'fat.img');
    await writeFile(image, '');
    await truncate(image, size.sectors * 512);
    const geometry = ['-T', String(size.sectors), '-h', '255', '-s', '63', '-H', String(size.hiddenSectors)];
    const mtools = (program: string, args: readonly string[]): Promise<string> =>
      runTool(program, ['-i', image, ...args], { package: 'mtools', env });
    await mtools('mformat', [...geometry, '-c', '4', '-N', 'b007f1ee', '-v', 'STANDIN', '::']);
    await runTool('syslinux', ['--install', image], { package: 'syslinux', env });
    await mtools('mmd', ['::/efi', '::/efi/boot']);
    const put = async (name: string, data: Buffer | string): Promise<void> => {
      const source = join(folder, name.replaceAll('/', '-'));
      await writeFile(source, data);
      await mtools('mcopy', [source, `::/${name}`]);
    };
    await put('syslinux.cfg', configuration);
    await put('efi/boot/syslinux.cfg', configuration);
    await put('efi/boot/bootx64.efi', files.loaders.efi);
    await put('efi/boot/ldlinux.e64', files.loaders.efiModule);
    await copyFile(files.kernel.image, join(folder, 'kernel'));
    await mtools('mcopy', [join(folder, 'kernel'), '::/vmlinuz']);
    await put('initrd', files.initrd);
    return await readFile(image);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
