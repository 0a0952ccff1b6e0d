import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseCast } from '../../../console/transcript/asciicast.ts';
import { openTranscript } from '../../../console/transcript/transcript-file.ts';

const disk = vi.hoisted(() => ({ full: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const writeSync = (descriptor: number, text: string): number => {
    if (disk.full) throw new Error('ENOSPC: no space left on device, write');
    return real.writeSync(descriptor, text);
  };
  return { ...real, writeSync };
});

let data: string;
beforeEach(async () => {
  disk.full = false;
  data = await mkdtemp(join(tmpdir(), 'bootfleet-full-'));
});
afterEach(async () => {
  await rm(data, { recursive: true });
});

test('a full disk ends the recording, not the dialogue; it is told once', async () => {
  const told: string[] = [];
  const transcript = openTranscript({
    stack: 's',
    machine: 'm',
    what: 'boot',
    data,
    onTrouble: ({ message }) => told.push(message),
  });
  transcript.marker('begun');
  disk.full = true;
  // Written by a timer, where nobody could catch an error.
  transcript.output('never written');
  await expect.poll(() => told).toEqual(['ENOSPC: no space left on device, write']);
  transcript.marker('more');
  transcript.output('and more');
  transcript.close();
  disk.full = false;
  expect(told).toHaveLength(1);
  const cast = parseCast(await readFile(transcript.file, 'utf8'));
  expect(cast).toMatchObject({ events: [{ kind: 'm', data: 'begun' }] });
});
