import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MachineType } from '../server-types.ts';

/** How guests' processors run, and why so. */
export interface Accelerator {
  readonly kind: 'kvm' | 'tcg';
  /** One sentence for a person. */
  readonly reason: string;
}

/** One file for each firmware: the two are probed at different times. Files of older probes had another name. */
export function keptAnswerFile(cacheFolder: string, firmware: MachineType['firmware']): string {
  return join(cacheFolder, 'accelerator', `${firmware}.json`);
}

/** The answer that is kept for exactly this host (see `hostIdentity`), or `undefined`. */
export async function keptAnswer(file: string, host: string): Promise<Accelerator | undefined> {
  return parseKept(await readFile(file, 'utf8').catch(() => ''), host);
}

/** Keeps an answer for this host. */
export async function keepAnswer(file: string, host: string, { kind, reason }: Accelerator): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify({ host, kind, reason }));
  await rename(unfinished, file);
}

/** Reads a kept answer; `undefined` for one of another host and for anything else. Pure. */
export function parseKept(text: string, host: string): Accelerator | undefined {
  try {
    const kept = JSON.parse(text) as Partial<Accelerator & { host: string }> | null;
    if (kept?.host !== host || typeof kept.reason !== 'string') return undefined;
    return kept.kind === 'kvm' || kept.kind === 'tcg' ? { kind: kept.kind, reason: kept.reason } : undefined;
  } catch {
    return undefined;
  }
}
