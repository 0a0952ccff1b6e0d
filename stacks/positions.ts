import { EVENT_ID, getScalarValue, parseEvents, type Event } from 'js-yaml';

/** A place in a text; both count from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Steps from the root: keys of mappings and positions in lists. */
export type JsonPath = readonly (string | number)[];

/** Finds where the values and keys of a YAML text are written. */
export interface Positions {
  /** Where the value at the path begins; for a path that is not there, the nearest thing above it. */
  value(path: JsonPath): Position;
  /** Where the key at the end of the path is written; for list items and missing keys as `value`. */
  key(path: JsonPath): Position;
  /** Keys that are written again in the same mapping; YAML forbids them. */
  readonly repeated: readonly { readonly path: JsonPath; readonly at: Position }[];
  /** Where a group or a list is written as a key. */
  readonly groupsAsKeys: readonly Position[];
}

/** The key under which YAML merges other mappings into one. */
const mergeKey = '<<';

/**
 * Maps paths to places, for block and flow style alike. What an alias (`*name`) stands for is at the alias, because
 * that is where a person wrote it; what a merge key (`<<`) brings in is at the value of the merge key.
 *
 * @param events what the text was parsed to, if it was already.
 */
export function positionsOf(text: string, events: readonly Event[] = parseEvents(text, {})): Positions {
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const again: { path: JsonPath; offset: number }[] = [];
  const groupKeys: number[] = [];
  walk(text, events, { values, keys, again, groupKeys });
  const lines = lineStarts(text);
  const nearest = (path: JsonPath, maps: readonly Map<string, number>[]): Position => {
    for (let length = path.length; length >= 0; length--) {
      const id = idOf(path.slice(0, length));
      // The thing itself is looked for as asked; what is above it, by its key, where a person looks for it.
      const order = length === path.length ? maps : [keys, values];
      const merged = [...path.slice(0, length), mergeKey];
      if (length < path.length && path[length] !== mergeKey && keys.has(idOf(merged)))
        return nearest([...merged, ...path.slice(length)], [values, keys]);
      for (const map of order) {
        const offset = map.get(id);
        if (offset !== undefined) return positionAt(lines, offset);
      }
    }
    return { line: 1, column: 1 };
  };
  const repeated = new Set(again.map(({ path }) => idOf(path)));
  return {
    value: (path) => nearest(path, [values, keys]),
    key: (path) => nearest(path, [keys, values]),
    // What is inside of a mapping that is there twice is there twice too; the outermost says it all.
    repeated: again
      .filter(({ path }) => !path.some((_, length) => repeated.has(idOf(path.slice(0, length)))))
      .map(({ path, offset }) => ({ path, at: positionAt(lines, offset) })),
    groupsAsKeys: groupKeys.map((offset) => positionAt(lines, offset)),
  };
}

/** A path as people write it. Example: `servers.edge.tags[0]`. */
export function showPath(path: JsonPath): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

function idOf(path: JsonPath): string {
  return JSON.stringify(path.map(String));
}

type Open =
  | { readonly kind: 'document' }
  | { readonly kind: 'list'; readonly path: JsonPath; next: number }
  | { readonly kind: 'map'; readonly path: JsonPath; key: string | undefined };

/** Offsets of values and first keys by path, and the keys that came again. */
interface Found {
  readonly values: Map<string, number>;
  readonly keys: Map<string, number>;
  readonly again: { path: JsonPath; offset: number }[];
  readonly groupKeys: number[];
}

function walk(text: string, events: readonly Event[], { values, keys, again, groupKeys }: Found): void {
  const open: Open[] = [];
  /** Takes the place of the next node: a key (returns undefined) or a value (returns its path). */
  const place = (offset: number, scalar: string | undefined): JsonPath | undefined => {
    const top = open.at(-1);
    if (top?.kind === 'map' && top.key === undefined) {
      top.key = scalar ?? '';
      // A key that is an alias, a group or a list is refused elsewhere.
      if (scalar === undefined) return undefined;
      const path = [...top.path, top.key];
      const id = idOf(path);
      if (keys.has(id)) again.push({ path, offset });
      else keys.set(id, Math.max(0, offset));
      return undefined;
    }
    let path: JsonPath = [];
    if (top?.kind === 'map') {
      path = [...top.path, top.key ?? ''];
      top.key = undefined;
    } else if (top?.kind === 'list') {
      path = [...top.path, top.next++];
    }
    const id = idOf(path);
    // A value that is not written (`key:`) is at its key.
    if (offset >= 0 && !values.has(id)) values.set(id, offset);
    return path;
  };
  const placeGroup = (offset: number): JsonPath => {
    const path = place(offset, undefined);
    if (path === undefined) groupKeys.push(offset);
    return path ?? [];
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        open.push({ kind: 'document' });
        break;
      case EVENT_ID.MAPPING:
        open.push({ kind: 'map', path: placeGroup(event.start), key: undefined });
        break;
      case EVENT_ID.SEQUENCE:
        open.push({ kind: 'list', path: placeGroup(event.start), next: 0 });
        break;
      case EVENT_ID.SCALAR:
        place(event.valueStart, getScalarValue(text, event));
        break;
      case EVENT_ID.ALIAS:
        place(Math.max(0, event.anchorStart - 1), undefined);
        break;
      case EVENT_ID.POP:
        open.pop();
        break;
    }
  }
}

/** Offsets at which lines begin. YAML (section 5.4) ends lines with LF, CR LF, or CR. */
export function lineStarts(text: string): number[] {
  return [0, ...text.matchAll(/\r\n?|\n/g).map(({ index, 0: end }) => index + end.length)];
}

/** The place of an offset, by the offsets at which lines begin. */
export function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
