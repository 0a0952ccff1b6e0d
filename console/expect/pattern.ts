/** One thing to wait for on a console. */
export interface Pattern {
  /** Returned with the match, so that the caller can tell which it was. */
  readonly name: string;
  /** Literal text, or an expression without the `g` and `y` flags. It must not match the empty string. */
  readonly match: string | RegExp;
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
export interface Found extends Match {
  readonly start: number;
  readonly end: number;
}

/**
 * The pattern that is complete first. Success and failure are watched together, so the stream's order decides, not
 * the order of the list; that one only decides between matches that end at the same character.
 *
 * @param from where to look from in `text`.
 */
export function firstMatch(patterns: readonly Pattern[], text: string, from = 0): Found | undefined {
  let first: Found | undefined;
  for (const pattern of patterns) {
    const found = find(pattern, text, from);
    if (found && (!first || found.end < first.end)) first = found;
  }
  return first;
}

function find(pattern: Pattern, text: string, from: number): Found | undefined {
  if (typeof pattern.match === 'string') {
    const start = text.indexOf(pattern.match, from);
    if (start < 0 || pattern.match === '') return undefined;
    return {
      name: pattern.name,
      text: pattern.match,
      groups: [],
      before: text.slice(from, start),
      start,
      end: start + pattern.match.length,
    };
  }
  const searched = from === 0 ? text : text.slice(from);
  const result = pattern.match.exec(searched);
  if (!result || result[0] === '') return undefined;
  const start = from + result.index;
  return {
    name: pattern.name,
    text: result[0],
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- a group that took no part is undefined
    groups: result.slice(1).map((group) => group ?? ''),
    before: text.slice(from, start),
    start,
    end: start + result[0].length,
  };
}
