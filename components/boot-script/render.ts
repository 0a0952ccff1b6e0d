import { scriptArgumentRefused } from '../../errors/boot.ts';
import { oneCommandLine, oneUrl, oneWord } from './argument.ts';
import type { FlashImage, Kernel, Script } from './args.ts';

/** URLs of what goes with a script: the flash writer, or memdisk. */
export interface Programs {
  readonly kernel: string;
  readonly initrd?: string | undefined;
  /** More words on the kernel's command line. */
  readonly arguments?: readonly string[] | undefined;
}

/** Name that the first initrd has inside iPXE; UEFI kernels are told it by `initrd=`. */
const initrdName = 'initrd';

/**
 * The text of a script. Pure. Its commands are the ones below and no others, whatever the values are.
 *
 * @param programs needed for `flash-image` (the writer) and `iso` (memdisk).
 * @param zero whether the disk is known to hold zeros only (`flash-image`).
 * @throws BF1271, BF1272 for a value that cannot be written so that it is one word.
 */
export function renderScript(script: Script, programs?: Programs, zero = false): string {
  return ['#!ipxe', ...commandsOf(script, programs, zero).map((words) => words.join(' ')), ''].join('\n');
}

/** The commands of a script, each a list of words. */
export function commandsOf(script: Script, programs: Programs | undefined, zero: boolean): string[][] {
  switch (script.kind) {
    case 'flash-image':
      return kernelCommands({
        kind: 'kernel',
        kernel: needed(programs).kernel,
        initrds: programs?.initrd === undefined ? [] : [programs.initrd],
        arguments: [...(programs?.arguments ?? []), ...writerArguments(script, zero)],
      });
    case 'kernel':
      return kernelCommands(script);
    case 'chain':
      return [['chain', '--replace', '--autofree', oneUrl('url', script.url)]];
    case 'iso':
      return [
        ['kernel', oneUrl('memdisk', needed(programs).kernel), 'iso', 'raw'],
        ['initrd', oneUrl('url', script.url)],
        ['boot'],
      ];
  }
}

/** The orders to the flash writer. Contract: docs/architecture.md, "the writer's console lines". */
export function writerArguments({ image, disk = 'auto' }: FlashImage, zero: boolean): string[] {
  if (!/^[0-9a-f]{64}$/.test(image.sha256))
    refuse('image.sha256', image.sha256, 'it is not a SHA-256 in hex');
  if (image.blocks !== undefined && !/^[0-9a-f]{64}$/.test(image.blocks))
    refuse('image.blocks', image.blocks, 'it is not a SHA-256 in hex');
  if (!Number.isSafeInteger(image.size) || image.size <= 0) {
    refuse('image.size', String(image.size), 'it is not a number of bytes');
  }
  if (!['raw', 'gzip', 'zstd'].includes(image.format))
    refuse('image.format', image.format, 'it is not raw, gzip or zstd');
  if (disk !== 'auto' && !/^\/dev\/[a-z0-9/-]+$/.test(disk))
    refuse('disk', disk, 'it is not `auto` or a device');
  return [
    `bootfleet.url=${oneUrl('image.url', image.url)}`,
    `bootfleet.sha256=${image.sha256}`,
    `bootfleet.size=${image.size}`,
    `bootfleet.format=${image.format}`,
    `bootfleet.disk=${disk}`,
    `bootfleet.zero=${zero ? 1 : 0}`,
    ...(image.blocks === undefined ? [] : [`bootfleet.blocks=${image.blocks}`]),
  ];
}

function kernelCommands({ kernel, initrds = [], arguments: words = [] }: Kernel): string[][] {
  const names = initrds.map((_, index) => (index === 0 ? initrdName : `${initrdName}${index}`));
  const commandLine = oneCommandLine('arguments', [
    ...words.map((word, index) => oneWord(`arguments[${index}]`, word)),
    ...names.map((name) => `initrd=${name}`),
  ]);
  return [
    ['kernel', oneUrl('kernel', kernel), ...commandLine],
    ...initrds.map((url, index) => [
      'initrd',
      '--name',
      names[index] ?? '',
      oneUrl(`initrds[${index}]`, url),
    ]),
    ['boot'],
  ];
}

function needed(programs: Programs | undefined): Programs {
  if (!programs) throw new Error('this kind of script needs a program to go with it');
  return programs;
}

function refuse(argument: string, value: string, problem: string): never {
  throw scriptArgumentRefused({ argument, value: JSON.stringify(value), problem });
}
