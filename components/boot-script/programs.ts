import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { memdiskMissing } from '../../errors/boot.ts';
import { buildWriter, type Writer } from '../../guest/writer/build-writer.ts';
import type { Script } from './args.ts';

/** Files that a script loads beside what its arguments name, in memory: some ten megabytes at most. */
export interface ProgramFiles {
  readonly kernel: { readonly name: string; readonly content: Uint8Array };
  readonly initrd?: { readonly name: string; readonly content: Uint8Array } | undefined;
  /** More words on the kernel's command line. */
  readonly arguments: readonly string[];
  /** Sixteen hex digits of the content. */
  readonly digest: string;
}

/**
 * The writer speaks on the first serial line, with nothing of the kernel's between its lines. `no_timer_check`: emulated
 * on a busy host, the kernel's test of its timer may panic for nothing.
 */
const writerConsole = ['console=ttyS0,115200', 'quiet', 'no_timer_check'];

const debianMemdisk = '/usr/lib/syslinux/memdisk';

/**
 * The program that goes with a script: the flash writer, built on this machine the first time, or memdisk.
 *
 * @returns `undefined` for the kinds that need none.
 * @throws BF1273, and what building the writer throws.
 */
export async function programOf(script: Script): Promise<ProgramFiles | undefined> {
  if (script.kind === 'flash-image') {
    const built = await writerOnce();
    const [kernel, initrd] = await Promise.all([readFile(built.kernel), readFile(built.initrd)]);
    return {
      kernel: { name: 'vmlinuz', content: kernel },
      initrd: { name: 'initrd', content: initrd },
      arguments: writerConsole,
      digest: digestOf(kernel, initrd),
    };
  }
  if (script.kind === 'iso') {
    const file = script.memdisk ?? debianMemdisk;
    const content = await readFile(file).catch((error: unknown) => {
      throw memdiskMissing({ file }, { cause: error });
    });
    return { kernel: { name: 'memdisk', content }, arguments: [], digest: digestOf(content) };
  }
  return undefined;
}

/** Building takes a second even when everything is cached, and each image of a fleet asks. */
let writer: Promise<Writer> | undefined;

async function writerOnce(): Promise<Writer> {
  writer ??= buildWriter();
  try {
    return await writer;
  } catch (error) {
    writer = undefined;
    throw error;
  }
}

function digestOf(...contents: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(createHash('sha256').update(content).digest());
  return hash.digest('hex').slice(0, 16);
}
