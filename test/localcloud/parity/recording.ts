import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { load } from 'js-yaml';

/** Recorded traffic of the real API (go-vcr cassettes, version 2): see docs/localcloud.md. */
export interface Interaction {
  readonly id: number;
  readonly request: { readonly method: string; readonly url: string; readonly body: string };
  readonly response: { readonly code: number; readonly body: string };
}

/** Beside the checkout; not a part of it. */
export const recordingsFolder = resolve(import.meta.dirname, '../../../../shared/scaleway-recordings');

/** Names of the recordings; none when they are not there. */
export function recordings(): readonly string[] {
  if (!existsSync(recordingsFolder)) return [];
  return readdirSync(recordingsFolder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
}

export function readRecording(name: string): readonly Interaction[] {
  const text = readFileSync(join(recordingsFolder, basename(name)), 'utf8');
  // Bodies of object storage are binary; they are not replayed, so their tag is of no interest.
  const { interactions } = load(text.replaceAll('!!binary |', '|')) as {
    interactions: {
      id: number;
      request: { method: string; url: string; body?: string };
      response: { code: number; body?: string };
    }[];
  };
  return interactions.map(({ id, request, response }) => ({
    id,
    request: { method: request.method, url: request.url, body: request.body ?? '' },
    response: { code: response.code, body: response.body ?? '' },
  }));
}
