import path from 'node:path';

/** A file relative to the project's folder: what is stored must not differ between two checkouts. Empty for none. */
export function relativePath(file: string | undefined): string {
  return file === undefined ? '' : path.relative(process.cwd(), file);
}
