import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patternProblem } from '../../../components/network-boot/pattern.ts';
import { patternCost } from '../../../components/network-boot/pattern-cost.ts';

describe('a pattern to wait for on a console', () => {
  test.each([
    'login: ',
    '^bootfleet-rescue: up',
    '^hello from the CD$',
    '(Debian|Ubuntu|Alpine).* login: $',
    'Reached target (?<name>[^.]+)\\.',
    '\\d+\\.\\d+\\.\\d+\\.\\d+',
    '(?:\\d{1,3}\\.){3}\\d{1,3}',
    '(?:[0-9a-f]{2}:){5}[0-9a-f]{2}',
    '(?<=: )up(?!time)',
    '[(+*)]+ \\(a+\\)\\+',
    '\\[ *\\d+\\.\\d+\\] .*ready',
    'a{b}{c',
    'Debian.{0,80}login.{0,80}: ',
    '(ok)+!',
    '(ok)? done',
  ])('%s is taken', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });

  test.each([
    ['(a+)+$', /repeats what varies/],
    ['(?:a*)*b', /repeats what varies/],
    ['(a|a)*b', /repeats what varies/],
    ['(a?a)+b', /repeats what varies/],
    ['((a{1,2}))+b', /repeats what varies/],
    ['(?<x>\\w+\\s?)*:', /repeats what varies/],
    ['(.*a){20}', /repeats what varies/],
    ['(a|b|ab){1,30}c', /in more than 10000 ways/],
    ['a?'.repeat(30) + 'a'.repeat(30), /in more than 10000 ways/],
    ['.*.*x', /2 parts of any length/],
    ['[^]+a[\\s\\S]+b\\S{2,}c', /3 parts of any length/],
    ['(.)*(?:.)*x(\\s.)+y', /3 parts of any length/],
    ['\\d+\\d+\\d+\\d+x', /3 parts of any length/],
    ['(', /Unterminated group/],
    ['x*', /matches nothing at all/],
    ['x'.repeat(201), /201 characters/],
  ])('%s is refused, and why', (pattern, why) => {
    expect(patternProblem(pattern)).toMatch(why);
  });

  const piece = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('a', 'b', '[ab]', '\\w', 'a?', 'a+', 'b*', 'a{1,3}', 'b{2}'),
      fc.tuple(tie('node'), tie('node')).map(([one, other]) => one + other),
      fc.tuple(tie('node'), tie('node')).map(([one, other]) => `(${one}|${other})`),
      fc
        .tuple(tie('node'), fc.constantFrom('', '?', '*', '+', '{2}', '{1,3}', '{2,}'))
        .map(([one, repeat]) => `(?:${one})${repeat}`),
    ),
  })).node;

  test('a repeat around a repeat, however it is nested, is never taken', () => {
    fc.assert(
      fc.property(
        piece,
        fc.constantFrom('+', '*', '{3,}'),
        fc.constantFrom('+', '*'),
        (inner, one, other) => {
          expect(patternCost(`((?:${inner})${one})${other}`).ways).toBe(Infinity);
        },
      ),
    );
  });

  test('the cost of what is valid is always a number, and no less with more around it', () => {
    fc.assert(
      fc.property(piece, (inner) => {
        const { ways } = patternCost(inner);
        expect(ways).toBeGreaterThanOrEqual(1);
        expect(patternCost(`x(${inner})?`).ways).toBeGreaterThanOrEqual(ways);
      }),
    );
  });
});
