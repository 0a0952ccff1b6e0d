import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findUefiFirmware } from '../firmware.ts';
import { qemuProgram } from '../launch.ts';
import { hostBootId } from '../process-identity.ts';
import type { MachineType } from '../server-types.ts';

/** Changes when the probe asks for something else, so that answers of an older probe do not count. */
const probeVersion = 2;

/** The files that QEMU takes for a machine with a BIOS and for the network card, by its own names. */
const firmwareNames = ['bios-256k.bin', 'efi-virtio.rom'] as const;

/**
 * Everything that decides how a probe ends: the boot of the host (kernel, processor, nesting), QEMU's program, the
 * firmware and iPXE's ROM. `undefined` when one of them is not there; then there is nothing to probe.
 */
export async function hostIdentity(firmware: MachineType['firmware']): Promise<string | undefined> {
  try {
    const program = await foundOnPath(qemuProgram);
    const { stdout } = await promisify(execFile)(program, ['-L', 'help']);
    const folders = stdout.split('\n').filter((line) => line !== '');
    const files = await Promise.all(
      firmwareNames.map((name) => firstOf(folders.map((at) => join(at, name)))),
    );
    if (firmware === 'uefi') files.push((await findUefiFirmware()).code);
    const versions = await Promise.all([program, ...files].map(versionOf));
    return [`probe ${probeVersion}`, `boot ${await hostBootId()}`, ...versions].join('; ');
  } catch {
    return undefined;
  }
}

async function foundOnPath(program: string): Promise<string> {
  return firstOf((process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program)));
}

async function firstOf(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const found = await realpath(path).catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new Error(`none of ${paths.join(', ')} exists`);
}

/** A package upgrade changes size or time. */
async function versionOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${path} ${size} ${mtimeMs}`;
}
