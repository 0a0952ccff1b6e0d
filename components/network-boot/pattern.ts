import { patternCost } from './pattern-cost.ts';

/** The longest pattern taken. */
const longest = 200;
/** In how many ways a pattern may take a text, and how many parts of any length it may have; see `PatternCost`. */
const mostWays = 10_000;
const mostWide = 1;

/**
 * Why a pattern cannot be waited for on a console; `undefined` when it can. Pure.
 *
 * @example patternProblem('login: ') // undefined
 * @example patternProblem('x*') // 'it also matches nothing at all'
 * @example patternProblem('(x+)+:') // 'it repeats what varies itself, ...'
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longest) return `it has ${pattern.length} characters, more than ${longest}`;
  try {
    if (new RegExp(pattern).test('')) return 'it also matches nothing at all';
  } catch (error) {
    return (error as Error).message;
  }
  return costProblem(pattern);
}

/**
 * Why a line could keep the whole process busy. What is taken costs some 0.3 s at the worst, on a line of 4,096 characters;
 * but for different narrow classes that overlap, as in `[ab]*[bc]*[cd]*`, which are not looked into.
 */
function costProblem(pattern: string): string | undefined {
  const { ways, wide } = patternCost(pattern);
  if (ways === Infinity) {
    return 'it repeats what varies itself, as (a+)+ or (a|b)*, which can take hours on one line: repeat single characters or [classes]';
  }
  if (ways > mostWays)
    return `it can match in more than ${mostWays} ways, which takes too long on one line: make it simpler`;
  if (wide > mostWide) {
    return `it has ${wide} parts of any length (.* or like it), which can take minutes on one line: bound them, as .{0,80}`;
  }
  return undefined;
}
