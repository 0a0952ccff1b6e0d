import path from 'node:path';

/** A file relative to the project's folder, so that state is the same in every checkout; empty for none. */
export function relativePath(file: string | undefined): string {
  return file === undefined ? '' : path.relative(process.cwd(), file);
}
