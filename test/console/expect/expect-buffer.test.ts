import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ControlSequenceFilter } from '../../../console/expect/control-sequences.ts';
import { ExpectBuffer } from '../../../console/expect/expect-buffer.ts';
import type { Pattern } from '../../../console/expect/pattern.ts';
import { runs } from '../../property-runs.ts';

/** All matches, one after the other, when the text arrives in these pieces and every match is waited for. */
function matches(pieces: readonly string[], patterns: readonly Pattern[]): string[] {
  const filter = new ControlSequenceFilter();
  const buffer = new ExpectBuffer();
  const found: string[] = [];
  for (const piece of pieces) {
    buffer.feed(filter.feed(piece));
    for (let match = buffer.next(patterns); match; match = buffer.next(patterns)) found.push(match.name);
  }
  return found;
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(index === 0 ? 0 : at[index - 1], end));
}

const literal = (text: string): Pattern => ({ name: text, match: text });

test('a match across pieces, colours and an erased message', () => {
  const erase = '\b \b'.repeat(15);
  const pieces = [
    '\u001b[0;1mPress C',
    'trl-B...',
    erase.slice(0, 20),
    `${erase.slice(20)}iP`,
    'XE',
    '\u001b[',
    '0m>',
    ' ',
  ];
  expect(matches(pieces, [literal('Press Ctrl-B'), literal('iPXE>')])).toEqual(['Press Ctrl-B', 'iPXE>']);
});

test('a message printed and erased within one piece is seen, and so is what stands there afterwards', () => {
  const banner = 'Press Ctrl-B for the iPXE command line...';
  const text = `${banner}${'\b \b'.repeat(banner.length)}iPXE> `;
  const patterns = [literal('Press Ctrl-B'), literal('iPXE>')];
  for (let place = 0; place <= text.length; place += 1) {
    expect(matches([text.slice(0, place), text.slice(place)], patterns)).toEqual(['Press Ctrl-B', 'iPXE>']);
  }
});

test('erased characters are gone', () => {
  expect(matches(['abX\b \bc'], [literal('abc')])).toEqual(['abc']);
});

test('a line that is written again from its start is read as it then stands', () => {
  expect(matches(['10% done', '\r20% done'], [literal('20% done')])).toEqual(['20% done']);
});

test('a return and its line feed in two pieces are one line end', () => {
  expect(matches(['one\r', '\ntwo'], [literal('one\ntwo')])).toEqual(['one\ntwo']);
});

test('what is complete first wins, whatever the order of the list', () => {
  const buffer = new ExpectBuffer();
  buffer.feed('failed ... ok');
  expect(buffer.next([literal('ok'), literal('failed')])?.name).toBe('failed');
});

test('what comes behind a match waits for the next watcher', () => {
  const buffer = new ExpectBuffer();
  buffer.feed('login: root\nPassword: ');
  expect(buffer.next([literal('login:')])).toMatchObject({ text: 'login:', before: '' });
  expect(buffer.next([literal('Password:')])).toMatchObject({ before: ' root\n' });
});

test('memory stays bounded, and the newest text is kept', () => {
  const buffer = new ExpectBuffer({ unwatched: 1_000 });
  for (let count = 0; count < 1_000; count += 1) buffer.feed(`line ${count}\n`);
  expect(buffer.next([literal('line 1\n')])).toBeUndefined();
  for (let count = 0; count < 100_000; count += 1) buffer.feed(`line ${count}\n`);
  expect(buffer.next([literal('line 99999\n')])?.text).toBe('line 99999\n');
});

test('property: how the bytes are cut into pieces changes nothing', () => {
  const part = fc.constantFrom(
    ...[
      'iPXE> ',
      'iPXE>',
      'Press Ctrl-B',
      '\b \b',
      '\b \b\b \b\b \b',
      '\r',
      '\r\n',
      '\n',
      'i',
      'P',
      ' ',
      'ok',
      'x',
    ],
    ...['\u001b[0;1m', '\u001b[0m', '\u001b[2J', '\u001b[10;1H', '\u001b]0;title\u0007'],
  );
  const patterns = [literal('iPXE>'), literal('Press Ctrl-B'), literal('ok')];
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 40 }), (parts, places) => {
      const text = parts.join('');
      expect(matches(cut(text, places), patterns)).toEqual(matches([text], patterns));
    }),
    { numRuns: runs(3_000) },
  );
});

test('property: any bytes are read without a fault', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (pieces) => {
      const decoder = new TextDecoder();
      const filter = new ControlSequenceFilter();
      const buffer = new ExpectBuffer();
      for (const piece of pieces) {
        const text = filter.feed(decoder.decode(piece, { stream: true }));
        // eslint-disable-next-line no-control-regex -- that none is left is what is tested
        expect(text).not.toMatch(/[\u0000-\u0007\u000b\u000c\u000e-\u001f\u007f]/);
        buffer.feed(text);
        buffer.next([literal('never there')]);
      }
    }),
  );
});
