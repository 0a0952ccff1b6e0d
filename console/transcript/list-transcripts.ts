import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { transcriptFolder } from './transcript-path.ts';

/** One recorded dialogue. */
export interface TranscriptEntry {
  readonly file: string;
  /** When it began, ISO 8601. */
  readonly at: string;
  /** `install`, `boot`, `upgrade`, ... */
  readonly what: string;
  readonly bytes: number;
}

/** All transcripts of a machine, the oldest first; none when there is no folder. */
export async function listTranscripts(
  stack: string,
  machine: string,
  data?: string,
): Promise<TranscriptEntry[]> {
  const folder = transcriptFolder(stack, machine, data);
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const entries: TranscriptEntry[] = [];
  for (const name of names.sort()) {
    const parts = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)-(.+)\.cast$/.exec(name);
    if (!parts) continue;
    const [, hour = '', minute = '', second = '', what = ''] = parts;
    const file = join(folder, name);
    entries.push({ file, at: `${hour}:${minute}:${second}`, what, bytes: (await stat(file)).size });
  }
  return entries;
}
