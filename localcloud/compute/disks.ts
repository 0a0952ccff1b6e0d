import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { treatmentOf, type KnownDisk } from './disk-files.ts';

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
    await this.stage(id, size, copyOf);
    this.publish(id);
  }

  /** Makes a disk that counts only once it is published: until then a start of the daemon takes it away. */
  async stage(id: string, size: number, copyOf?: string): Promise<void> {
    const unfinished = this.#part(id);
    if (copyOf !== undefined) await copySparse(this.path(copyOf), unfinished);
    const file = await open(unfinished, copyOf === undefined ? 'w' : 'r+', 0o600);
    try {
      await file.truncate(size);
    } finally {
      await file.close();
    }
  }

  /** Gives a staged disk its name. At once, so that nobody sees its record without it. */
  publish(id: string): void {
    renameSync(this.#part(id), this.path(id));
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

  /**
   * Removes a disk with its record: the file is marked first, so that a daemon killed in between finishes what was asked
   * for, and never takes a file for deleted because its record is missing. Does nothing if there is no file.
   *
   * @param record removes the record; what it throws leaves the disk as it was.
   */
  async removeWith(id: string, record: () => void): Promise<void> {
    const marked = moved(this.path(id), this.#gone(id));
    try {
      record();
    } catch (thrown) {
      if (marked) renameSync(this.#gone(id), this.path(id));
      throw thrown;
    }
    await this.remove(id);
  }

  /** Does nothing if there is none. */
  async remove(id: string): Promise<void> {
    for (const path of [this.path(id), this.#part(id), this.#gone(id)]) await rm(path, { force: true });
  }

  /**
   * Finishes what a killed daemon had begun: disks half made or half deleted. A whole disk without a record is never
   * removed: it goes to the folder `aside`, which is made for it.
   *
   * @returns one line for each file that was touched.
   */
  async tidy(known: ReadonlyMap<string, KnownDisk>, aside: string): Promise<readonly string[]> {
    const names = await readdir(this.folder);
    const told: string[] = [];
    for (const name of names) {
      const path = join(this.folder, name);
      const treatment = treatmentOf(name, known, names);
      if (treatment.kind === 'keep') continue;
      if (treatment.kind === 'remove') await rm(path, { force: true });
      else if (treatment.kind === 'rename') renameSync(path, join(this.folder, treatment.to));
      else {
        await mkdir(aside, { recursive: true, mode: 0o700 });
        renameSync(path, join(aside, name));
      }
      told.push(`${name}: ${treatment.why}`);
    }
    return told;
  }

  #part(id: string): string {
    return join(this.folder, `${id}.part`);
  }

  #gone(id: string): string {
    return join(this.folder, `${id}.gone`);
  }

  /** Ids that have a file. */
  async present(): Promise<readonly string[]> {
    const names = await readdir(this.folder);
    return names.filter((name) => name.endsWith('.raw')).map((name) => name.slice(0, -'.raw'.length));
  }
}

/** Whether there was anything to move. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
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
