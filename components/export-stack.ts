import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { stackUnreadable } from '../errors/setup.ts';
import { stateBroken } from '../errors/state.ts';

/** Largest state that is read, in bytes: 1,000 servers have about 20 MB. */
const largest = 512 * 1024 * 1024;

/**
 * The state of a stack as JSON, read by the CLI on PATH. Takes no lock, asks no cloud.
 *
 * @param stack Example: `local`, or in full `organization/bootfleet/local`.
 * @param env for the CLI. Default: this process's.
 * @returns `undefined` when there is no such stack.
 * @throws BF1940 when the CLI cannot read the state, BF2000 when that is because it is empty or cut short.
 */
export async function exportStack(
  stack: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const args = ['stack', 'export', '--stack', stack, '--non-interactive'];
  try {
    const { stdout } = await promisify(execFile)('pulumi', args, {
      env,
      maxBuffer: largest,
      timeout: 120_000,
    });
    return stdout;
  } catch (error) {
    const said = ((error as { stderr?: string }).stderr ?? '').trim();
    if (/no stack named/i.test(said)) return undefined;
    const name = stack.slice(stack.lastIndexOf('/') + 1);
    const reason = said === '' ? (error as Error).message : said;
    if (isBrokenState(reason)) throw stateBroken({ stack: name, reason }, { cause: error });
    throw stackUnreadable({ stack: name, reason }, { cause: error });
  }
}

/**
 * Whether Pulumi's words say that a state file is empty or cut short. Pure.
 * Source: "failed to load checkpoint" in pulumi/pkg/backend/diy/state.go, behind it the words of encoding/json
 */
export function isBrokenState(words: string): boolean {
  return /failed to load checkpoint:.*(\bEOF\b|unexpected end of JSON|invalid character)/.test(words);
}
