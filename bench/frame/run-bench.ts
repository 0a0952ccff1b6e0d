import { delimiter } from 'node:path';
import { benchToolMissing } from '../../errors/setup.ts';
import { BootfleetError } from '../../errors/error.ts';
import { findCommand } from '../../scripts/setup/find-command.ts';
import type { Environment } from '../../scripts/setup/folders.ts';

/** Programs that benchmarks use, and the Debian package of each. */
const packages = {
  debugfs: 'e2fsprogs',
  perl: 'perl',
  'qemu-system-x86_64': 'qemu-system-x86',
  rsync: 'rsync',
  ssh: 'openssh-client',
  syslinux: 'syslinux',
} as const;

/** A program that a benchmark needs. */
export type Tool = keyof typeof packages;

/**
 * Runs a benchmark once all its tools are there. An error of the catalogue is told as everywhere, without a stack trace,
 * and ends with status 1.
 */
export async function runBench(tools: readonly Tool[], measure: () => Promise<void>): Promise<void> {
  try {
    requireTools(tools);
    await measure();
  } catch (error) {
    if (!(error instanceof BootfleetError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/** @throws BF1941 for the first that is not there. System folders count, as they do where images are built. */
export function requireTools(tools: readonly Tool[], env: Environment = process.env): void {
  const path = [env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);
  const missing = tools.find((tool) => findCommand(tool, { ...env, PATH: path }) === undefined);
  if (missing !== undefined) throw benchToolMissing({ program: missing, package: packages[missing] });
}
