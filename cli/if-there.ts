import { readdir, readFile } from 'node:fs/promises';

/** What reading gives; `undefined` when there is no such file or folder. Anything else that is wrong is thrown. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The text of a file; `undefined` when there is none. */
export async function textIfThere(file: string): Promise<string | undefined> {
  return await ifThere(readFile(file, 'utf8'));
}

/** The names in a folder; none when there is no such folder. */
export async function namesIfThere(folder: string): Promise<readonly string[]> {
  return (await ifThere(readdir(folder))) ?? [];
}
