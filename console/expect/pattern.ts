/** One thing to wait for on a console. */
export interface Pattern {
  /** Returned with the match, so that the caller can tell which it was. */
  readonly name: string;
  /** Literal text, or an expression without the `g` and `y` flags. It must not match the empty string. */
  readonly match: string | RegExp;
  /**
   * For an expression: the most characters that a match has, with those before it that the expression looks at. Each new
   * character makes that many be looked at again. Default `ExpectBufferOptions.longestMatch`.
   */
  readonly reach?: number;
}

/** A pattern found in the text. */
export interface Match {
  readonly name: string;
  /** What matched. */
  readonly text: string;
  /** The expression's groups, from 1 on; a group that took no part is ''. */
  readonly groups: readonly string[];
  /** What stood between the place where watching began and the match. */
  readonly before: string;
}

/** A match with its place in the text searched. */
export interface Found extends Omit<Match, 'before'> {
  readonly start: number;
  readonly end: number;
}

/** How far back a match can begin. @param usual for expressions that do not say it. */
export function reachOf({ match, reach }: Pattern, usual: number): number {
  return typeof match === 'string' ? match.length : (reach ?? usual);
}

/**
 * The pattern that is complete first. Success and failure are watched together, so the stream's order decides, not
 * the order of the list; that one only decides between matches that end at the same character.
 *
 * @param from where a pattern's match may begin in `text`; what stands before it is there to be looked back at.
 */
export function firstMatch(
  patterns: readonly Pattern[],
  text: string,
  from: (pattern: Pattern) => number = () => 0,
): Found | undefined {
  let first: Found | undefined;
  for (const pattern of patterns) {
    const found = find(pattern, text, from(pattern));
    if (found && (!first || found.end < first.end)) first = found;
  }
  return first;
}

function find({ name, match }: Pattern, text: string, from: number): Found | undefined {
  if (typeof match === 'string') {
    const start = text.indexOf(match, from);
    if (start < 0 || match === '') return undefined;
    return { name, text: match, groups: [], start, end: start + match.length };
  }
  const searching = searchingForm(match);
  searching.lastIndex = from;
  const result = searching.exec(text);
  if (!result || result[0] === '') return undefined;
  return {
    name,
    text: result[0],
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- a group that took no part is undefined
    groups: result.slice(1).map((group) => group ?? ''),
    start: result.index,
    end: result.index + result[0].length,
  };
}

const searchingForms = new WeakMap<RegExp, RegExp>();

/** The same expression, able to begin in the middle of a text: there `^` is no start of it. */
function searchingForm(match: RegExp): RegExp {
  const known = searchingForms.get(match);
  if (known) return known;
  const made = new RegExp(match.source, `${match.flags}g`);
  searchingForms.set(match, made);
  return made;
}
