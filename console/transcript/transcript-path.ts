import { resolve } from 'node:path';
import { dataFolder } from '../../contracts/environment.ts';

/** Where a machine's transcripts lie. Names come from the fleet file; anything unusual in them becomes `_`. */
export function transcriptFolder(stack: string, machine: string, data = dataFolder()): string {
  return resolve(data, 'stacks', fileName(stack), 'transcripts', fileName(machine));
}

/** `2026-11-21T09-00-00.123Z-install.cast`: sorts by time, and is a file name everywhere. */
export function transcriptName(what: string, at: Date): string {
  return `${at.toISOString().replaceAll(':', '-')}-${fileName(what)}.cast`;
}

function fileName(text: string): string {
  const safe = text.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return /^\.*$/.test(safe) ? `_${safe}` : safe;
}
