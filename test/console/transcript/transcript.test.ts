import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCast } from '../../../console/transcript/asciicast.ts';
import { listTranscripts } from '../../../console/transcript/list-transcripts.ts';
import { Redactor } from '../../../console/transcript/redactor.ts';
import { replaySteps } from '../../../console/transcript/replay.ts';
import { openTranscript } from '../../../console/transcript/transcript-file.ts';
import { transcriptFolder } from '../../../console/transcript/transcript-path.ts';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'bootfleet-transcript-'));
});

afterEach(async () => {
  await rm(data, { recursive: true });
});

test('a dialogue is kept as asciicast v2, for its owner only, and found again', async () => {
  const transcript = openTranscript({ stack: 'local', machine: 'edge-1', what: 'install', data });
  transcript.output('iPX');
  transcript.output('E> ');
  transcript.input('dhcp\r');
  transcript.marker('typed');
  transcript.output('ok "ä"\u001b[0m\r\n');
  transcript.close();
  transcript.output('too late');
  const cast = parseCast(await readFile(transcript.file ?? '', 'utf8'));
  if ('reason' in cast) throw new Error(cast.reason);
  expect(cast.header).toMatchObject({ version: 2, width: 80, height: 24, title: 'edge-1: install' });
  expect(cast.events.map(({ kind, data: text }) => [kind, text])).toEqual([
    ['o', 'iPXE> '],
    ['i', 'dhcp\r'],
    ['m', 'typed'],
    ['o', 'ok "ä"\u001b[0m\r\n'],
  ]);
  expect((await stat(transcript.file ?? '')).mode & 0o777).toBe(0o600);
  expect((await stat(join(transcript.file ?? '', '..'))).mode & 0o777).toBe(0o700);
  const [entry, ...more] = await listTranscripts('local', 'edge-1', data);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ file: transcript.file, what: 'install' });
  expect(Date.parse(entry?.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
});

test('its size is bounded; steps are still kept', async () => {
  const transcript = openTranscript({ stack: 's', machine: 'm', what: 'boot', data, limit: 2_000 });
  for (let count = 0; count < 100; count += 1) {
    transcript.output('x'.repeat(100));
    transcript.marker(`step ${count}`);
  }
  transcript.close();
  const text = await readFile(transcript.file ?? '', 'utf8');
  expect(text.length).toBeLessThan(10_000);
  expect(text).toContain('output is not recorded from here on');
  expect(text).toContain('step 99');
});

test('names from outside never leave the folder', () => {
  expect(transcriptFolder('org/../x', '..', '/data')).toBe('/data/stacks/org_.._x/transcripts/_..');
});

test('a recording cut off in the middle of a line is read up to there', () => {
  const text = '{"version":2,"width":80,"height":24,"timestamp":1,"title":"t"}\n[0.5,"o","a"]\n[1,"o","b';
  expect(parseCast(text)).toMatchObject({ events: [{ time: 0.5, kind: 'o', data: 'a' }] });
  expect(parseCast('{"version":1}\n')).toEqual({ line: 1, reason: 'no header of version 2' });
});

test('a replay keeps the pace, shortens pauses, and shows no input', () => {
  const events = [
    { time: 1, kind: 'o' as const, data: 'a' },
    { time: 1.2, kind: 'i' as const, data: 'secret' },
    { time: 60, kind: 'o' as const, data: 'b' },
  ];
  expect([...replaySteps(events, { speed: 2 })]).toEqual([
    { pause: 500, text: 'a' },
    { pause: 1_000, text: 'b' },
  ]);
  expect([...replaySteps(events, { speed: Infinity })].map(({ pause }) => pause)).toEqual([0, 0]);
});

test('property: however it is cut, broken into lines or doubled, a secret never gets through', () => {
  const secret = 'tr0ub4dor&3';
  const shown = fc.constantFrom(
    secret,
    secret.replaceAll(/[^]/g, '$&$&'),
    'tr0ub\r\n4dor&3',
    'tr0u',
    'x',
    '\r\n',
  );
  fc.assert(
    fc.property(
      fc.array(shown, { maxLength: 8 }),
      fc.array(fc.nat(200), { maxLength: 8 }),
      (parts, places) => {
        const redactor = new Redactor();
        redactor.add(secret);
        const text = parts.join('');
        const at = [...new Set(places)].sort((a, b) => a - b);
        let out = '';
        for (const [index, end] of [...at, text.length].entries())
          out += redactor.feed(text.slice(at[index - 1] ?? 0, end));
        out += redactor.flush();
        expect(out.replaceAll(/[\r\n]/g, '')).not.toContain(secret);
        expect(out).not.toContain('ttrr00uubb');
      },
    ),
  );
});

test('what may begin a secret is not held back for ever: line ends may stand in a secret, but not many', () => {
  const redactor = new Redactor();
  redactor.add('secret');
  let shown = '';
  let most = 0;
  for (let count = 0; count < 20_000; count += 1) {
    shown += redactor.feed(count === 0 ? 's' : '\n');
    most = Math.max(most, count + 1 - shown.length);
  }
  expect(most).toBeLessThan(20);
});

test('property: what is shown is the same, however it is cut', () => {
  const part = fc.constantFrom(
    'secret',
    'sec',
    's',
    'ret',
    'sesecret',
    'other',
    '\r\n',
    '\n'.repeat(12),
    'x',
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 15 }),
      fc.array(fc.nat(120), { maxLength: 12 }),
      (parts, places) => {
        const shown = (pieces: readonly string[]): string => {
          const redactor = new Redactor();
          redactor.add('secret');
          redactor.add('others');
          return pieces.map((piece) => redactor.feed(piece)).join('') + redactor.flush();
        };
        const text = parts.join('');
        const at = [...new Set(places)].filter((place) => place < text.length).sort((a, b) => a - b);
        const pieces = [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end));
        expect(shown(pieces)).toBe(shown([text]));
      },
    ),
  );
});

test('text without a secret goes through as it is', () => {
  const redactor = new Redactor();
  redactor.add('secret');
  expect(redactor.feed('no sec') + redactor.feed('urity here\r\n') + redactor.flush()).toBe(
    'no security here\r\n',
  );
});
