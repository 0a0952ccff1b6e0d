import { readFile, stat } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { BootfleetError } from '../errors/error.ts';
import { keyFileUnusable } from '../errors/machine.ts';

/**
 * Reads a private key, as strictly as OpenSSH: the file must be its owner's alone.
 *
 * @throws BF1603
 */
export async function readKey(keyFile: string): Promise<Buffer> {
  try {
    const { mode } = await stat(keyFile);
    if ((mode & 0o077) !== 0) {
      const text = (mode & 0o777).toString(8).padStart(4, '0');
      throw keyFileUnusable({ keyFile, problem: `others may read it (mode ${text})` });
    }
    const content = await readFile(keyFile);
    const parsed = ssh2.utils.parseKey(content);
    if (parsed instanceof Error) throw keyFileUnusable({ keyFile, problem: parsed.message });
    return content;
  } catch (error) {
    if (error instanceof BootfleetError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw keyFileUnusable({ keyFile, problem: code === 'ENOENT' ? 'it does not exist' : message });
  }
}
