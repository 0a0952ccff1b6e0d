import { createHash } from 'node:crypto';
import { renderDisklabel, labelSector } from '../../formats/disklabel.ts';
import { renderMbr } from '../../formats/mbr.ts';
import { fetchKernel } from '../debian/kernel.ts';
import { renderExt2 } from '../filesystem/ext2.ts';
import { FileTree } from '../filesystem/tree.ts';
import { buildBootPartition, fetchBootLoaders } from './boot-partition.ts';
import { buildFirstStage } from './first-stage.ts';
import { applianceLayout, partitionOf, type LayoutSizes } from './layout.ts';
import { buildSlotTree, type SlotOptions } from './slot.ts';

/** What an appliance is built from. */
export interface ApplianceOptions extends SlotOptions {
  readonly sizes?: LayoutSizes;
  /** OpenSSH public keys that may log in as root; kept in /cfg, so they hold for every later build too. */
  readonly authorizedKeys: readonly string[];
  /**
   * Seconds that the `boot>` prompt waits, written to boot.conf as `set timeout N`. Default: none is written, which is
   * boot(8)'s own 5 s. Zero would take the prompt away, and with it the way back over the console.
   */
  readonly bootTimeout?: number;
  readonly cache?: string;
}

/** Both files of a build. */
export interface Appliance {
  /** The whole disk, for the first installation. */
  readonly img: Buffer;
  /** One slot, for upgrades: the very bytes of partition d in `img`. */
  readonly fs: Buffer;
}

/** 21 November 2026: every time stamp in an image, so that they never depend on when it was built. */
const time = 1_795_251_600;

/**
 * Builds the Linux stand-in of a resflash appliance in memory. Deterministic: the same options, packages and
 * sources give the same bytes.
 * @throws BF1930 to BF1933 when a host program or a package is missing.
 */
export async function buildAppliance(options: ApplianceOptions): Promise<Appliance> {
  const layout = applianceLayout(options.sizes);
  const bytesOf = (letter: string): number => partitionOf(layout, letter).sectors * 512;
  const loaders = await fetchBootLoaders(options.cache);
  const kernel = await fetchKernel(options.cache);
  const initrd = await buildFirstStage(kernel, options.cache);
  const slotTree = await buildSlotTree(options, loaders, options.cache);
  const slot = (tree: FileTree, label: string): Buffer =>
    renderExt2(tree, { bytes: bytesOf('d'), uuid: uuid('slot'), label, time });
  const fs = slot(slotTree, 'slot');

  const timeout = options.bootTimeout === undefined ? '' : `set timeout ${options.bootTimeout}\n`;
  const mbrTree = new FileTree()
    .file('etc/boot.conf', `stty com0 115200\nset tty com0\n${timeout}set device hd0d\n`)
    .file('usr/mdec/mbr', loaders.bootRecord);
  const cfgTree = new FileTree().directory('etc').directory('var').directory('upgrade_overlay');
  if (options.authorizedKeys.length > 0)
    cfgTree.file('etc/dropbear/authorized_keys', `${options.authorizedKeys.join('\n')}\n`, 0o600);

  const efi = partitionOf(layout, 'i');
  const parts: readonly (readonly [number, Buffer])[] = [
    [0, renderMbr({ code: loaders.bootRecord, signature: 0xb007f1ee, partitions: layout.mbrPartitions })],
    [efi.start, await buildBootPartition({ sectors: efi.sectors, hiddenSectors: efi.start, time }, { kernel, initrd, loaders })],
    [layout.openbsdStart + labelSector, renderDisklabel(layout.disklabel)],
    [partitionOf(layout, 'a').start, renderExt2(mbrTree, { bytes: bytesOf('a'), blockSize: 1024, inodes: 64, uuid: uuid('mbr'), label: 'mbr', time, journal: true })],
    [partitionOf(layout, 'd').start, fs],
    [partitionOf(layout, 'e').start, slot(new FileTree(), 'slot')],
    [partitionOf(layout, 'f').start, renderExt2(cfgTree, { bytes: bytesOf('f'), uuid: uuid('cfg'), label: 'cfg', time, journal: true })],
  ]; // prettier-ignore
  const img = Buffer.alloc(layout.sectors * 512);
  for (const [sector, data] of parts) data.copy(img, sector * 512);
  return { img, fs };
}

/** Fixed identifiers of the file systems. */
function uuid(name: string): Buffer {
  return createHash('sha256').update(`bootfleet stand-in ${name}`).digest().subarray(0, 16);
}
