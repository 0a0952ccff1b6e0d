import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { positionsOf, showPath, type JsonPath } from '../../stacks/positions.ts';

/** Every path to a scalar in a value, with the scalar. */
function scalars(value: unknown, path: JsonPath = []): { path: JsonPath; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) =>
    scalars(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Unique numbers as scalars, so that each is found in the text in one place only. */
const document = fc
  .letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.integer({ min: 1, max: 1e9 }),
      fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('node'), { minKeys: 1, maxKeys: 4 }),
    ),
  }))
  .node.filter((value) => typeof value === 'object');

function offsetOf(text: string, { line, column }: { line: number; column: number }): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

describe('positions in a YAML text', () => {
  test.each(['block', 'flow', 'json'])('every scalar is found where it is written: %s style', (style) => {
    fc.assert(
      fc.property(document, (value) => {
        const text =
          style === 'json' ? JSON.stringify(value) : dump(value, { flowLevel: style === 'flow' ? 0 : -1 });
        const positions = positionsOf(text);
        for (const { path, value: scalar } of scalars(value)) {
          expect(text.slice(offsetOf(text, positions.value(path)))).toMatch(
            new RegExp(`^${String(scalar)}\\b`),
          );
          const key = path.at(-1);
          if (typeof key !== 'string') continue;
          expect(text.slice(offsetOf(text, positions.key(path)))).toMatch(new RegExp(`^['"]?${key}`));
        }
      }),
    );
  });

  test('something that is not there is at the nearest thing above it', () => {
    const positions = positionsOf('a:\n  b: { c: 1 }\n');
    expect(positions.value(['a', 'b', 'x', 'y'])).toEqual({ line: 2, column: 3 });
    expect(positions.value(['z'])).toEqual({ line: 1, column: 1 });
  });

  test('an alias is at the alias', () => {
    const positions = positionsOf('a: &x { b: 1 }\nc: *x\n');
    expect(positions.value(['c'])).toEqual({ line: 2, column: 4 });
    expect(positions.value(['a', 'b'])).toEqual({ line: 1, column: 12 });
  });

  test('a key that is there twice is reported once, outermost', () => {
    const { repeated } = positionsOf('a: { b: 1 }\na: { b: 2 }\n');
    expect(repeated).toEqual([{ path: ['a'], at: { line: 2, column: 1 } }]);
  });

  test('a path reads like one', () => {
    expect(showPath(['servers', 'edge', 'tags', 0])).toBe('servers.edge.tags[0]');
  });
});
