import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

test.each(['a file is in the way', 'the disk is full'])(
  'no recording can begin (%s): told once, and nothing throws',
  async (why) => {
    const told: string[] = [];
    const way = join(data, 'file');
    await writeFile(way, '');
    disk.full = why === 'the disk is full';
    const transcript = openTranscript({
      stack: 's',
      machine: 'm',
      what: 'boot',
      data: disk.full ? data : way,
      onTrouble: ({ message }) => told.push(message),
    });
    transcript.marker('begun');
    transcript.input('x');
    transcript.output('y');
    transcript.close();
    expect(told).toEqual([expect.stringMatching(disk.full ? /^ENOSPC/ : /^ENOTDIR/)]);
    if (!disk.full) expect(transcript.file).toBeUndefined();
  },
);

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
  const cast = parseCast(await readFile(transcript.file ?? '', 'utf8'));
  expect(cast).toMatchObject({ events: [{ kind: 'm', data: 'begun' }] });
});
