import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ed25519Pair } from '../../formats/ed25519-pair.ts';
import { runTool } from '../debian/run.ts';

/** The demo's keys. Secret halves are files of mode 0600 that never leave the folder. */
export interface DemoKeys {
  /** OpenSSH private key with which the fleet is reached. */
  readonly sshKey: string;
  readonly sshPublicKey: string;
  /** signify(1) key pair for checksum files. */
  readonly signifyPublic: string;
  readonly signifySecret: string;
}

/** Makes the keys that are not there yet; those that are there are kept. */
export async function ensureDemoKeys(folder: string, name = 'edge'): Promise<DemoKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const sshKey = join(folder, `${name}_ed25519`);
  if (!existsSync(sshKey)) {
    const pair = ed25519Pair(`bootfleet-${name}`);
    await writeFile(`${sshKey}.pub`, `${pair.public}\n`, { mode: 0o644 });
    await writeFile(sshKey, pair.private, { mode: 0o600, flag: 'wx' });
  }
  const signifyPublic = join(folder, `${name}.pub`);
  const signifySecret = join(folder, `${name}.sec`);
  if (!existsSync(signifySecret))
    await signify(['-G', '-n', '-c', `bootfleet ${name}`, '-p', signifyPublic, '-s', signifySecret]);
  return {
    sshKey,
    sshPublicKey: (await readFile(`${sshKey}.pub`, 'utf8')).trim(),
    signifyPublic,
    signifySecret,
  };
}

/** Writes `<file>.sig`, the detached signature of a file. */
export async function signFile(file: string, signifySecret: string): Promise<void> {
  await signify(['-S', '-s', signifySecret, '-m', file, '-x', `${file}.sig`]);
}

function signify(args: readonly string[]): Promise<string> {
  return runTool('signify-openbsd', args, { package: 'signify-openbsd' });
}
