import { readFile, stat } from 'node:fs/promises';
import { BootfleetError } from '../errors/error.ts';
import { keyFileUnusable, keyHasPassphrase } from '../errors/machine.ts';
import { parsePrivateKey, type KeyTrouble } from '../formats/private-key.ts';

/** Bytes of the largest key file taken; a key of 16,384 bits has 13 KB. */
const largest = 64 * 1024;

/**
 * Reads a private key, as strictly as OpenSSH: the file must be its owner's alone.
 *
 * @returns the key in a form that ssh2 reads.
 * @throws BF1603 it is no private key, or others may read it; BF1608 it has a passphrase.
 */
export async function readKey(keyFile: string): Promise<Buffer> {
  try {
    const { mode, size } = await stat(keyFile);
    if (size > largest) throw unusable(keyFile, `${size} bytes are no key`, 'format');
    const key = parsePrivateKey(await readFile(keyFile));
    // Before its mode: a public half is rightly readable by all.
    if (!key.ok && 'trouble' in key && key.trouble === 'public')
      throw unusable(keyFile, key.reason, 'public');
    if ((mode & 0o077) !== 0) {
      const text = (mode & 0o777).toString(8).padStart(4, '0');
      throw unusable(keyFile, `others may read it (mode ${text})`, 'mode');
    }
    if (key.ok) return key.value;
    const trouble = 'trouble' in key ? key.trouble : 'format';
    if (trouble === 'passphrase') throw keyHasPassphrase({ keyFile });
    throw unusable(keyFile, key.reason, trouble);
  } catch (error) {
    if (error instanceof BootfleetError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw unusable(keyFile, code === 'ENOENT' ? 'it does not exist' : message, 'missing');
  }
}

function unusable(
  keyFile: string,
  problem: string,
  trouble: KeyTrouble | 'mode' | 'missing',
): BootfleetError {
  return keyFileUnusable({ keyFile, problem, remedy: remedyOf(keyFile, trouble) });
}

/** What to do about it: commands that work as they stand. Pure. */
export function remedyOf(keyFile: string, trouble: KeyTrouble | 'mode' | 'missing'): string {
  switch (trouble) {
    case 'public':
      return `Name its private half as \`ssh.key\`: ${keyFile.endsWith('.pub') ? keyFile.slice(0, -4) : 'the file without .pub'}`;
    case 'mode':
      return `chmod 600 ${keyFile}`;
    case 'missing':
      return 'Correct `ssh.key` in the fleet file, or make a key: ssh-keygen -t ed25519';
    case 'passphrase':
    case 'format':
      return `Convert it: ssh-keygen -p -f ${keyFile} (a key of PuTTY: puttygen ${keyFile} -O private-openssh -o NEW), or make another: ssh-keygen -t ed25519`;
  }
}
