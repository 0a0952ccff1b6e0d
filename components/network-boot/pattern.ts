/** The longest pattern taken. */
const longest = 200;

/**
 * Why a pattern cannot be waited for on a console; `undefined` when it can. Pure.
 *
 * @example patternProblem('login: ') // undefined
 * @example patternProblem('x*') // 'it also matches nothing at all'
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longest) return `it has ${pattern.length} characters, more than ${longest}`;
  try {
    return new RegExp(pattern).test('') ? 'it also matches nothing at all' : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
