import { open, rename } from 'node:fs/promises';

/** Writes a file whole or not at all, readable by its owner only: beside it, to the disk, then in its place. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
