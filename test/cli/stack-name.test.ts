import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStackName, stackOf } from '../../cli/stack-name.ts';
import { ownerOf } from '../../cli/project.ts';
import { runs } from '../property-runs.ts';

const letters = 'a b c X Y Z 0 1 9 _ . -'.split(' ');
const part = fc
  .string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 100 })
  .filter((text) => !text.startsWith('-') && text !== '.' && text !== '..');

describe("a stack's name", () => {
  test('has its own name last, the project in the middle of three parts, and the organisation first of all', () => {
    fc.assert(
      fc.property(part, part, part, (organization, project, name) => {
        expect(readStackName(name)).toEqual({ given: name, name });
        const two = `${organization}/${name}`;
        expect(readStackName(two)).toEqual({ given: two, name, organization });
        const three = `${organization}/${project}/${name}`;
        expect(readStackName(three)).toEqual({ given: three, name, organization, project });
      }),
      { numRuns: runs(200) },
    );
  });

  test('is either made of such parts or is none', () => {
    const piece = fc.oneof(
      fc.constantFrom('/', '..', '.', '-', 'local', 'a b', '\0', '\n', '', 'x'.repeat(101)),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
        (given) => {
          const read = readStackName(given);
          if (read === undefined) return;
          const parts = [read.organization, read.project, read.name].filter((one) => one !== undefined);
          expect(parts.join('/')).toBe(given);
          for (const one of parts) expect(one).toMatch(/^(?!-)(?!\.{1,2}$)[\w.-]{1,100}$/);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  test.each(['', '/', 'a/', '/a', 'a//b', 'a/b/c/d', '..', 'a/..', './a', '-a', 'a/-b', 'a\n', 'ä'])(
    'is not %j',
    (given) => {
      expect(readStackName(given)).toBeUndefined();
      expect(() => stackOf('status', [given])).toThrow(/BF1900/);
    },
  );

  test('is local when none is given', () => {
    expect(stackOf('status', [])).toEqual({ given: 'local', name: 'local' });
  });
});

test('the project of two parts is the folder’s: the first of them is the organisation', () => {
  const owner = (given: string): unknown => ownerOf(stackOf('leaks', [given]));
  expect(owner('production')).toEqual({ project: 'bootfleet', stack: 'production' });
  expect(owner('acme/production')).toEqual({ project: 'bootfleet', stack: 'production' });
  expect(owner('acme/other/production')).toEqual({ project: 'other', stack: 'production' });
});
