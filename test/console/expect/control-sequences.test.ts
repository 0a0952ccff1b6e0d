import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ControlSequenceFilter } from '../../../console/expect/control-sequences.ts';
import { runs } from '../../property-runs.ts';

/** What a filter leaves of a text, whatever it still holds back included. */
function plain(pieces: readonly string[]): string {
  const filter = new ControlSequenceFilter();
  // What is held back comes with the next pieces: long enough for any sequence to be over.
  return [...pieces, '\n'.repeat(300)].map((piece) => filter.feed(piece)).join('');
}

test('property: sequences of any length are the same, however they are cut', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '\u001b',
      '\u001b[',
      '\u001b]',
      '\u001bP',
      '\u001b\\',
      '\u0007',
      'm',
      'H',
      ';',
      '12',
      '(',
      ' ',
    ),
    fc.integer({ min: 240, max: 270 }).map((length) => `\u001b]${'t'.repeat(length)}\u0007`),
    fc.integer({ min: 240, max: 270 }).map((length) => `\u001b[${'1'.repeat(length)}m`),
    fc.constant('text'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 10 }), (parts, places) => {
      const text = parts.join('');
      const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
      const pieces = [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end));
      const whole = plain([text]);
      expect(plain(pieces)).toBe(whole);
      expect(plain(text.split(''))).toBe(whole);
    }),
    { numRuns: runs(300) },
  );
});

test('a sequence of 256 characters is one, a longer one is text without its start', () => {
  expect(plain([`a\u001b]${'t'.repeat(253)}\u0007b`]).trim()).toBe('ab');
  expect(plain([`a\u001b]${'t'.repeat(254)}\u0007b`]).trim()).toBe(`a]${'t'.repeat(254)}b`);
});

test('starts without an end, in one piece, are looked through once each', () => {
  // Looked through to the end of the piece, these are billions of steps.
  expect(plain(['\u001b]'.repeat(50_000)]).trim()).toBe(']'.repeat(50_000));
});
