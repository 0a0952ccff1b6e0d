import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rescueMissing } from '../../errors/localcloud.ts';
import type { RescueSystem } from '../machines/command-line.ts';

/** Builds the stand-in and prints where it is. A program of its own: the embedded cloud imports nothing of `guest`. */
const program = fileURLToPath(new URL('../../guest/rescue/build.ts', import.meta.url));

/** Milliseconds; the first time packages may have to be fetched. */
const longest = 300_000;

/**
 * The stand-in of a rescue system, built the first time, found in the cache afterwards.
 *
 * @param machine that boots it, for the error.
 *
 * @throws BF1837 with the builder's words.
 */
export async function buildRescueSystem(machine: string): Promise<RescueSystem> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: longest });
    const { kernel, initrd } = JSON.parse(stdout) as { kernel: string; initrd: string };
    // `no_timer_check`: emulated on a busy host, the kernel's test of its timer may panic for nothing.
    return { kernel, initrd, commandLine: 'console=ttyS0,115200 quiet no_timer_check' };
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const reason = stderr.trim() || message;
    throw rescueMissing({ machine, reason }, { cause: error });
  }
}
