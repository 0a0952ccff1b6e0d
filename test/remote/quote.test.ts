import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteArgument, quoteCommand } from '../../remote/quote.ts';
import { runs } from '../property-runs.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
/** Whatever a process argument can be: any characters but NUL. Lone surrogates are not text. */
const argument = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...Array.from(`'"\\$\`!*?[]{}()<>|&;#~= \t\n\r%^-ab`)) }),
);

test(`any arguments come through a real shell unchanged (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 40 }), (argv) => {
      const words = argv.map((word) => word.replaceAll('\0', ''));
      const printed = execFileSync('/bin/sh', ['-c', quoteCommand(['printf', '%s\\0', ...words])]);
      expect(printed.toString('utf8').split('\0').slice(0, -1)).toEqual(words);
    }),
    { seed, numRuns: runs(100) },
  );
});

test('plain words stay readable, the rest is quoted', () => {
  expect(quoteCommand(['cat', '/resflash/BUILD', "it's", ''])).toBe(
    String.raw`cat /resflash/BUILD 'it'\''s' ''`,
  );
  expect(() => quoteArgument('a\0b')).toThrow('NUL');
  expect(() => quoteCommand([])).toThrow('name of a program');
});
