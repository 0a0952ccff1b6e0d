import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Disk files of volumes and snapshots: raw and sparse, so that an empty disk of 20 GB takes nothing. */
export class Disks {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Path of a volume's or snapshot's file. */
  path(id: string): string {
    return join(this.folder, `${id}.raw`);
  }

  /** Makes an empty disk of `size` bytes, or a copy of another one made longer to `size`. */
  async create(id: string, size: number, copyOf?: string): Promise<void> {
    const unfinished = join(this.folder, `${id}.part`);
    if (copyOf !== undefined) await copySparse(this.path(copyOf), unfinished);
    const file = await open(unfinished, copyOf === undefined ? 'w' : 'r+', 0o600);
    try {
      await file.truncate(size);
    } finally {
      await file.close();
    }
    await rename(unfinished, this.path(id));
  }

  /** Makes a disk longer. Never shorter: that would cut a file system. */
  async grow(id: string, size: number): Promise<void> {
    const { size: before } = await stat(this.path(id));
    if (size <= before) return;
    const file = await open(this.path(id), 'r+');
    try {
      await file.truncate(size);
    } finally {
      await file.close();
    }
  }

  /** Does nothing if there is none. */
  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
    await rm(join(this.folder, `${id}.part`), { force: true });
  }

  /** Removes files that belong to no record: what a killed daemon left half made or half deleted. Returns their names. */
  async sweep(known: ReadonlySet<string>): Promise<readonly string[]> {
    const stray = (await readdir(this.folder)).filter((name) => {
      const match = /^(.*)\.(raw|part)$/.exec(name);
      return match?.[2] === 'part' || (match?.[1] !== undefined && !known.has(match[1]));
    });
    for (const name of stray) await rm(join(this.folder, name), { force: true });
    return stray;
  }

  /** Ids that have a file. */
  async present(): Promise<readonly string[]> {
    const names = await readdir(this.folder);
    return names.filter((name) => name.endsWith('.raw')).map((name) => name.slice(0, -'.raw'.length));
  }
}

/** cp(1) of coreutils: finds holes by SEEK_HOLE and shares blocks where the file system can. */
async function copySparse(from: string, to: string): Promise<void> {
  const copy = spawn('cp', ['--reflink=auto', '--sparse=always', '--', from, to], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  copy.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const [code] = (await once(copy, 'close')) as [number | null];
  if (code !== 0) throw new Error(`cannot copy the disk: ${words.trim()}`);
}
