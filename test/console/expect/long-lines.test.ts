import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { lineOrPrompt } from '../../../console/dialogues/boot-outcome/next-line.ts';
import { loaded } from '../../../console/dialogues/ipxe/commands.ts';
import { banner, nothingToBoot, prompt } from '../../../console/dialogues/ipxe/patterns.ts';
import { bootPrompt } from '../../../console/dialogues/openbsd-boot/reach-boot-prompt.ts';
import { signs } from '../../../console/dialogues/restart-signs.ts';
import { ControlSequenceFilter } from '../../../console/expect/control-sequences.ts';
import { ExpectBuffer } from '../../../console/expect/expect-buffer.ts';
import { LineText } from '../../../console/expect/line-text.ts';
import type { Pattern } from '../../../console/expect/pattern.ts';
import { runs } from '../../property-runs.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Everything that the dialogues wait for. */
const watched: readonly Pattern[] = [
  ...lineOrPrompt,
  loaded,
  banner,
  prompt,
  nothingToBoot,
  bootPrompt,
  ...signs,
];

/** Characters that expressions and searches are given while a text arrives one character after the other. */
function charactersSearched(text: string): number {
  let characters = 0;
  const exec: (this: RegExp, text: string) => RegExpExecArray | null = Reflect.get(RegExp.prototype, 'exec');
  vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, searched: string) {
    characters += searched.length - (this.global ? this.lastIndex : 0);
    return exec.call(this, searched);
  });
  const buffer = new ExpectBuffer();
  const filter = new ControlSequenceFilter();
  for (const char of text) {
    buffer.feed(filter.feed(char));
    while (buffer.next(watched));
  }
  vi.restoreAllMocks();
  return characters;
}

test.each([
  ['dots of a progress', '.'],
  ['a percentage written over itself', '10%\b\b\b'],
  ['a line written over itself', '\r12345678'],
  ['returns only', '\r'],
  ['starts of control strings', '\u001b]'],
  ['prompts', 'boot> '],
])('twice as much of a line without an end is twice the work: %s', (_what, piece) => {
  const some = charactersSearched(piece.repeat(2_400 / piece.length));
  const twice = charactersSearched(piece.repeat(4_800 / piece.length));
  expect(twice).toBeLessThan(some * 2.2 + 100);
  // For each character, each of the patterns looks back no further than it reaches.
  expect(twice / 4_800).toBeLessThan(200 * watched.length);
});

test('no pattern of a dialogue matches without a bound, or reaches far', () => {
  for (const { match, reach } of watched) {
    if (typeof match === 'string') continue;
    expect(reach, match.source).toBeLessThan(200);
    expect(match.source.replaceAll(/\\./g, ''), match.source).not.toMatch(/[*+]|\{\d+,\}/);
  }
});

test('what stands at the start of much that came at once is found, and so is what stands at its end', () => {
  const buffer = new ExpectBuffer();
  buffer.feed(`first>${'.'.repeat(200_000)}last>`);
  const patterns = [
    { name: 'first', match: 'first>' },
    { name: 'last', match: /last>/, reach: 5 },
  ];
  expect(buffer.next(patterns)?.name).toBe('first');
  expect(buffer.next(patterns)?.name).toBe('last');
});

test('a character outside of the basic plane does not hide what follows it', () => {
  const buffer = new ExpectBuffer();
  buffer.feed('🔐🔐 Passphrase:');
  expect(buffer.next([{ name: 'asks', match: 'Passphrase:' }])?.before).toBe('🔐🔐 ');
});

test('an expression does not take the middle of a line for its start', () => {
  const buffer = new ExpectBuffer();
  const patterns = [{ name: 'login', match: /^login:/m, reach: 6 }];
  for (const char of `${'x'.repeat(300)}login:`) {
    buffer.feed(char);
    expect(buffer.next(patterns)).toBeUndefined();
  }
  buffer.feed('\nlogin:');
  expect(buffer.next(patterns)?.name).toBe('login');
});

test('a line without an end is kept up to a bound, and a message shows its end', () => {
  const text = new LineText(1_000);
  for (let count = 0; count < 10_000; count += 1) text.write('0123456789');
  text.write('end');
  expect(text.text.length).toBeLessThan(1_600);
  expect(text.end - text.start).toBe(text.text.length);
  expect(text.lastLines()).toEqual([expect.stringMatching(/^\.\.\.\d{234}end$/)]);
  text.write('\rE');
  expect(text.text.startsWith('E')).toBe(true);
});

test('property: matches and what stands before them are the same, however the text is cut, in lines of any length', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'iPXE>',
      'boot> ',
      '\n',
      '\r\n',
      '\r',
      '\b',
      '\b \b',
      'ok',
      '🔐',
      ' ',
      '\t',
      '\u001b[0m',
      '\u001b]',
    ),
    fc.integer({ min: 1, max: 3_000 }).map((length) => '.'.repeat(length)),
    fc.string({ maxLength: 20 }),
  );
  const patterns: Pattern[] = ['\n', 'iPXE>', 'boot>', 'ok', '.b'].map((match) => ({ name: match, match }));
  const all = (pieces: readonly string[]): unknown[] => {
    const filter = new ControlSequenceFilter();
    const buffer = new ExpectBuffer();
    const found: unknown[] = [];
    for (const piece of pieces) {
      buffer.feed(filter.feed(piece));
      for (let match = buffer.next(patterns); match; match = buffer.next(patterns))
        found.push([match.name, match.before]);
    }
    return found;
  };
  fc.assert(
    fc.property(fc.array(part, { maxLength: 15 }), fc.array(fc.nat(), { maxLength: 30 }), (parts, places) => {
      const text = parts.join('');
      const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
      const pieces = [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end));
      const whole = all([text]);
      expect(all(pieces)).toEqual(whole);
      if (text.length < 500) expect(all(Array.from(text))).toEqual(whole);
    }),
    { numRuns: runs(500) },
  );
});

test('property: a text of lines is what a terminal with one endless row a line shows', () => {
  const part = fc.constantFrom('a', 'bc', ' ', '\b', '\r', '\n', '\r\n', 'long'.repeat(300));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const text = new LineText(1e6);
      for (const one of parts) text.write(one);
      expect(text.text).toBe(asShown(parts.join('')));
      expect(text.textFrom(text.end - 5)).toBe(text.text.slice(-5));
      expect(text.writing).toBeLessThanOrEqual(text.end);
    }),
    { numRuns: runs(500) },
  );
});

/** The same, character by character over an array. */
function asShown(text: string): string {
  const lines: string[][] = [[]];
  let column = 0;
  let returned = false;
  const trimmed = (line: string[]): string => {
    let length = line.length;
    while (length > column && line[length - 1] === ' ') length -= 1;
    return line.slice(0, length).join('');
  };
  const done: string[] = [];
  for (const char of text) {
    const line = lines.at(-1) ?? [];
    if (char === '\r') {
      returned = true;
      continue;
    }
    if (char === '\n') {
      done.push(`${trimmed(line)}\n`);
      lines.push([]);
      column = 0;
      returned = false;
      continue;
    }
    if (returned) column = 0;
    returned = false;
    if (char === '\b') column = Math.max(0, column - 1);
    else {
      line[column] = char;
      column += 1;
    }
  }
  return done.join('') + trimmed(lines.at(-1) ?? []);
}
