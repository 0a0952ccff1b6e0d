import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFleetFile } from '../../stacks/load.ts';
import { runs } from '../property-runs.ts';
import { fleetFolder, good } from './fleet-folder.ts';

const { write, problemsOf } = fleetFolder();

/** Pieces that have a meaning in YAML, in this file, or in JavaScript. */
const pieces = [
  ...[
    ': ',
    '- ',
    '? ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '|',
    '>',
    '%',
    '@',
    '`',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '  ',
    '#',
  ],
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '<<: { x: 1 }',
    '<<: [1]',
    '!!set ',
    '!!binary ',
    '!x ',
    '!<%> ',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
  ],
  ...[
    '.nan',
    '-.inf',
    '~',
    'null',
    'yes',
    'on',
    '0o17',
    '1:30',
    '1e999',
    '-1',
    '1e-7',
    '99999999999999999999',
    '""',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'edge',
    'edge-1',
    'images',
    'rollout',
    'waves',
    'count',
    '100%',
    '0%',
  ],
  ...[
    '\u0000',
    '\ufeff',
    '\u2028',
    '\ud800',
    '\u00e9',
    '"\\0"',
    '"\\x07"',
    'x'.repeat(300),
    '../'.repeat(2000),
  ],
];

/** One edit of a text: at some place so many characters are replaced by something. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  without: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 3 }) }, fc.nat({ max: 60 })),
  insert: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom(...good.split('\n').map((line) => `${line}\n`)) },
  ),
});

/** A value of the file that is replaced by something else: what is left is YAML as a rule. */
const value = fc.record({
  at: fc.nat({ max: 30 }),
  insert: fc.constantFrom(...pieces, '{}', '[]', '[{}]', '{ a: 1 }', "'1'", '1.5', 'true', '2026-11-21'),
});

function edited(text: string, edits: readonly { at: number; without: number; insert: string }[]): string {
  return edits.reduce((before, { at, without, insert }) => {
    const place = Math.floor(at * before.length);
    return before.slice(0, place) + insert + before.slice(place + without);
  }, text);
}

/** An answer about a file is a fleet or coded problems inside of it; a hang ends at vitest's own limit. */
function judge(text: string): void {
  const result = readFleetFile(write(text), 'test');
  if ('fleet' in result) return;
  expect(result.problems.length).toBeGreaterThan(0);
  const lines = text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  for (const { code, facts, message, next } of result.problems) {
    expect(code).toMatch(/^BF1[01]\d\d$/);
    const [line, column] = [Number(facts['line']), Number(facts['column'])];
    expect(line, message).toBeGreaterThanOrEqual(1);
    expect(line, message).toBeLessThanOrEqual(lines.length);
    expect(column, message).toBeGreaterThanOrEqual(1);
    expect(column, message).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    expect(next).not.toBe('');
    expect(message).not.toMatch(/undefined|\[object |NaN/);
  }
}

test('a fleet file with any edits is a fleet or has coded problems at places inside of it', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      judge(edited(good, edits));
    }),
    { numRuns: runs(300) },
  );
});

test('and one with any other value', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 2 }), (values) => {
      const lines = good.split('\n');
      for (const { at, insert } of values)
        lines[at % lines.length] = (lines[at % lines.length] ?? '').replace(/: .*$|:$/, `: ${insert}`);
      judge(lines.join('\n'));
    }),
    { numRuns: runs(200) },
  );
});

test('and one with any bytes', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: good.length - 1 }),
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
      (at, bytes) => {
        const file = write('');
        const content = Buffer.from(good);
        content.set(bytes.subarray(0, content.length - at), at);
        writeFileSync(file, content);
        const result = readFleetFile(file, 'test');
        if ('problems' in result)
          for (const { code } of result.problems) expect(code).toMatch(/^BF1[01]\d\d$/);
      },
    ),
    { numRuns: runs(100) },
  );
});

test.each([
  [
    'values by aliases of aliases',
    `a0: &a0 [x]\n${Array.from({ length: 16 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]\n`).join('')}`,
    /^BF1025 1[0-9]:/,
  ],
  [
    'an alias of itself',
    'fleet: demo\nservers: &t { edge: *t }\n',
    /^BF1025 2:21 .*\*t is inside of what it stands for/,
  ],
  ['an alias in a list of itself', 'fleet: &a [*a]\n', /^BF1025 1:12 /],
  ['levels', `a: ${'['.repeat(1000)}`, /^BF1002 1:/],
  [
    'levels by aliases',
    Array.from({ length: 300 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`)
      .join('')
      .replace('*a0', 'x'),
    /^BF1025 49:/,
  ],
  ['bytes', `# ${'x'.repeat(1100000)}`, /^BF1025 1:1 .*more than 1048576 bytes/],
  ['documents', `${good}---\nfleet: other\n`, /^BF1002 28:1 .*second document/],
])('too many %s', (_name, text, expected) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(expected)]);
});

test.each([
  [
    'a hundred thousand unknown keys',
    `${good}${Array.from({ length: 60000 }, (_, i) => `k${i}: 1\n`).join('')}`,
  ],
  ['a hundred thousand repeated keys', `${good}${'x: 1\n'.repeat(100000)}`],
  ['a hundred thousand wrong waves', good.replace('[1, 50%, 100%]', `[${'x,'.repeat(100000)}x]`)],
  [
    'ten thousand unknown servers',
    good
      .replace(
        'maxFailures: 0',
        `exclude: [${Array.from({ length: 9000 }, (_, i) => `egde-${i}`).join(',')}]`,
      )
      .replace('count: 3', 'count: 9000'),
  ],
  ['one very long word', good.replace('onFailure: rollback', `onFailure: ${'x'.repeat(900000)}`)],
])('%s are told in a short time, and not all of them', (_name, text) => {
  const problems = problemsOf(text);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.length).toBeLessThanOrEqual(101);
  expect(problems.join('').length).toBeLessThan(100000);
});
