import { readdir, readFile, readlink, stat, lstat } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** One file of a tree: its content, permission bits, and what kind it is. Owner is always root. */
export type TreeEntry =
  | { readonly kind: 'directory'; readonly mode: number }
  | { readonly kind: 'file'; readonly mode: number; readonly data: Buffer }
  | { readonly kind: 'symlink'; readonly target: string };

/**
 * A file tree in memory, from which ramdisks and file systems are made. It needs no root rights to hold files of
 * root, and it lists in one order on every machine, which keeps images deterministic.
 */
export class FileTree {
  readonly #entries = new Map<string, TreeEntry>();

  /** Adds or replaces a file; missing parents become directories (0755). Paths have no leading slash. */
  file(path: string, data: Buffer | string, mode = 0o644): this {
    return this.#put(path, { kind: 'file', mode, data: Buffer.from(data) });
  }

  directory(path: string, mode = 0o755): this {
    return this.#put(path, { kind: 'directory', mode });
  }

  /** @param target as readlink(2) would give it; absolute or relative, kept as it is. */
  symlink(path: string, target: string): this {
    return this.#put(path, { kind: 'symlink', target });
  }

  remove(path: string): this {
    for (const known of [...this.#entries.keys()])
      if (known === path || known.startsWith(`${path}/`)) this.#entries.delete(known);
    return this;
  }

  get(path: string): TreeEntry | undefined {
    return this.#entries.get(path);
  }

  /** Every path with its entry, parents before children, ordered by code units. */
  entries(): readonly (readonly [string, TreeEntry])[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /**
   * Adds a folder of the host, keeping modes and symbolic links.
   * @param at where in the tree; empty for the root.
   * @param keep says which paths (relative to `folder`) are taken; default all.
   */
  async addFolder(folder: string, at = '', keep: (path: string) => boolean = () => true): Promise<this> {
    const walk = async (relative: string): Promise<void> => {
      for (const name of (await readdir(join(folder, relative))).sort()) {
        const path = posix.join(relative, name);
        if (!keep(path)) continue;
        const host = join(folder, path);
        const found = await lstat(host);
        const target = posix.join(at, path);
        if (found.isSymbolicLink()) this.symlink(target, await readlink(host));
        else if (found.isDirectory()) {
          if (this.get(target)?.kind !== 'directory') this.directory(target, found.mode & 0o7777);
          await walk(path);
        } else if (found.isFile()) this.file(target, await readFile(host), found.mode & 0o7777);
      }
    };
    await walk('');
    return this;
  }

  /** Adds one file of the host, following links, with the mode it has there. */
  async addFile(path: string, host: string, mode?: number): Promise<this> {
    return this.file(path, await readFile(host), mode ?? (await stat(host)).mode & 0o7777);
  }

  #put(path: string, entry: TreeEntry): this {
    const parent = posix.dirname(path);
    if (parent !== '.' && !this.#entries.has(parent)) this.directory(parent);
    this.#entries.set(path, entry);
    return this;
  }
}
