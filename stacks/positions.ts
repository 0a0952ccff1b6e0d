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
}

/**
 * Maps paths to places, for block and flow style alike. What an alias (`*name`) stands for is at the alias, because
 * that is where a person wrote it. Merge keys (`<<`) are not followed.
 */
export function positionsOf(text: string): Positions {
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const again: { path: JsonPath; offset: number }[] = [];
  walk(text, parseEvents(text, {}), { values, keys, again });
  const lines = lineStarts(text);
  const nearest = (path: JsonPath, maps: readonly Map<string, number>[]): Position => {
    for (let length = path.length; length >= 0; length--) {
      const id = idOf(path.slice(0, length));
      // The thing itself is looked for as asked; what is above it, by its key, where a person looks for it.
      const order = length === path.length ? maps : [keys, values];
      for (const map of order) {
        const offset = map.get(id);
        if (offset !== undefined) return positionAt(lines, offset);
      }
    }
    return { line: 1, column: 1 };
  };
  return {
    value: (path) => nearest(path, [values, keys]),
    key: (path) => nearest(path, [keys, values]),
    // What is inside of a mapping that is there twice is there twice too; the outermost says it all.
    repeated: again
      .filter(({ path }) => !again.some((other) => isInside(path, other.path)))
      .map(({ path, offset }) => ({ path, at: positionAt(lines, offset) })),
  };
}

function isInside(path: JsonPath, outer: JsonPath): boolean {
  return path.length > outer.length && outer.every((step, i) => step === path[i]);
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
}

function walk(text: string, events: readonly Event[], { values, keys, again }: Found): void {
  const open: Open[] = [];
  /** Takes the place of the next node: a key (returns undefined) or a value (returns its path). */
  const place = (offset: number, scalar: string | undefined): JsonPath | undefined => {
    const top = open.at(-1);
    if (top?.kind === 'map' && top.key === undefined) {
      top.key = scalar ?? '';
      const path = [...top.path, top.key];
      const id = idOf(path);
      if (keys.has(id)) again.push({ path, offset });
      else keys.set(id, offset);
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
    if (!values.has(id)) values.set(id, offset);
    return path;
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        open.push({ kind: 'document' });
        break;
      case EVENT_ID.MAPPING:
        open.push({ kind: 'map', path: place(event.start, undefined) ?? [], key: undefined });
        break;
      case EVENT_ID.SEQUENCE:
        open.push({ kind: 'list', path: place(event.start, undefined) ?? [], next: 0 });
        break;
      case EVENT_ID.SCALAR:
        place(Math.max(0, event.valueStart), getScalarValue(text, event));
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

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
