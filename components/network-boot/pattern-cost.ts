/**
 * How much work a regular expression can make. Node's engine tries one way after the other: `(a+)+$` on a line of thirty
 * `a` has a thousand million ways to fail, and nothing else in the process goes on meanwhile. What a console shows is the
 * guest's own, so the bound must be in the expression.
 */
export interface PatternCost {
  /** In how many ways it can take a text, apart from its open repeats; infinite for a repeat of what varies itself. */
  readonly ways: number;
  /** Open repeats (`*`, `+`, `{2,}`) of nearly any character, each of which makes the work longer by the line's length. */
  readonly wide: number;
}

/** Nearly any character: `.`, `[^...]`, `\S`, `\W`, `\D`, or a class with one of them. */
const wideAtom = /^(?:\.|\\[SWD]|\[\^|\[.*\\[SWD])/s;
const quantifier = /(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y;
const atom = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^]/y;
const groupStart = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/y;

/**
 * The most that a valid expression can cost. Pure.
 *
 * @example patternCost('(a+)+') // { ways: Infinity, wide: 0 }
 * @example patternCost('[0-9]+ .* (up|ready)') // { ways: 2, wide: 1 }
 */
export function patternCost(pattern: string): PatternCost {
  const place = { at: 0 };
  const take = (expression: RegExp): RegExpExecArray | undefined => {
    expression.lastIndex = place.at;
    const found = expression.exec(pattern) ?? undefined;
    if (found) place.at = expression.lastIndex;
    return found;
  };
  /** Up to the end of the group or of the expression. */
  const alternatives = (): Item => {
    const all: Item[] = [sequence()];
    while (take(/\|/y)) all.push(sequence());
    return {
      ways: all.reduce((sum, { ways }) => sum + ways, 0),
      wide: Math.max(...all.map(({ wide }) => wide)),
      open: all.some(({ open }) => open),
      any: all.some(({ any }) => any),
    };
  };
  const sequence = (): Item => {
    let whole: Item = plain;
    let before = '';
    while (place.at < pattern.length && pattern[place.at] !== '|' && pattern[place.at] !== ')') {
      const begun = place.at;
      let one: Item = plain;
      if (take(groupStart)) {
        one = alternatives();
        take(/\)/y);
      } else take(atom);
      const text = pattern.slice(begun, place.at);
      one = { ...one, any: one.any || wideAtom.test(text) };
      const repeat = take(quantifier);
      // Two repeats of the same next to each other share its text in as many ways as two of any character.
      if (repeat) one = repeated({ ...one, any: one.any || text === before }, bounds(repeat));
      before = one.open ? text : '';
      whole = {
        ways: whole.ways * one.ways,
        wide: whole.wide + one.wide,
        open: whole.open || one.open,
        any: whole.any || one.any,
      };
    }
    return whole;
  };
  const { ways, wide } = alternatives();
  return { ways, wide };
}

interface Item extends PatternCost {
  /** Whether an open repeat is in it. */
  readonly open: boolean;
  /** Whether a single one of it is nearly any character, or holds one. */
  readonly any: boolean;
}

const plain: Item = { ways: 1, wide: 0, open: false, any: false };

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function bounds([text, least, comma, most]: RegExpExecArray): Bounds {
  if (least === undefined) {
    return { least: text.startsWith('+') ? 1 : 0, most: text.startsWith('?') ? 1 : Infinity };
  }
  return { least: Number(least), most: comma === '' ? Number(least) : most === '' ? Infinity : Number(most) };
}

function repeated(one: Item, { least, most }: Bounds): Item {
  const varies = one.ways > 1 || one.open;
  if (most <= 1) return { ...one, ways: one.ways + (least < most ? 1 : 0) };
  if (varies && (most === Infinity || one.open)) return { ...one, ways: Infinity };
  if (most === Infinity) return { ...one, ways: 1, wide: one.any ? 1 : 0, open: true };
  if (one.ways === Infinity) return one;
  // One of n ways, each of up to `most` times.
  const ways = one.ways === 1 ? most - least + 1 : (one.ways ** (most + 1) - 1) / (one.ways - 1);
  return { ...one, ways };
}
