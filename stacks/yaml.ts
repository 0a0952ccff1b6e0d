import {
  constructFromEvents,
  CORE_SCHEMA,
  defineMappingTag,
  EVENT_ID,
  mergeTag,
  parseEvents,
  YAMLException,
  type Event,
} from 'js-yaml';
import { expansionProblem } from './expansion.ts';
import { lineStarts, positionAt, positionsOf, type Position, type Positions } from './positions.ts';

/** What a text holds and where, or why it is no YAML that can be read, and where. */
export type YamlText =
  | { readonly value: unknown; readonly positions: Positions }
  | {
      readonly problem: {
        readonly kind: 'syntax' | 'expansion';
        readonly at: Position;
        readonly detail: string;
      };
    };

/** Mappings as plain objects. Keys that YAML takes for something else than text are refused, not turned into text. */
const mapTag = defineMappingTag<Record<string, unknown>>('tag:yaml.org,2002:map', {
  create: () => ({}),
  identify: () => false,
  addPair: (carrier, key, value) => {
    if (typeof key !== 'string') return 'a key must be text: put a number or a word of YAML in quotes';
    Object.defineProperty(carrier, key, { value, enumerable: true, configurable: true, writable: true });
    return '';
  },
  has: (carrier, key) => typeof key === 'string' && Object.hasOwn(carrier, key),
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => (typeof key === 'string' ? carrier[key] : undefined),
});

/** YAML 1.2's own types (so `on`, `yes` and `1:30` are text), and merge keys (`<<`), which many people use. */
const schema = CORE_SCHEMA.withTags(mergeTag, mapTag);

/**
 * Reads one YAML document, with limits to what it may stand for. Pure; never throws.
 *
 * @example readYaml('a: [1]') // { value: { a: [1] }, positions }
 */
export function readYaml(text: string): YamlText {
  const at = (offset: number): Position => positionAt(lineStarts(text), offset);
  try {
    const events = parseEvents(text, {});
    const expansion = expansionProblem(text, events);
    if (expansion)
      return { problem: { kind: 'expansion', at: at(expansion.offset), detail: expansion.detail } };
    const positions = positionsOf(text, events);
    const [groupAsKey] = positions.groupsAsKeys;
    if (groupAsKey)
      return {
        problem: { kind: 'syntax', at: groupAsKey, detail: 'a key must be text, not a group or a list' },
      };
    // Keys that are written twice are told from the positions, all at once.
    const documents = constructFromEvents(events, {
      source: text,
      schema,
      json: positions.repeated.length > 0,
    });
    if (documents.length === 0)
      return { problem: { kind: 'syntax', at: { line: 1, column: 1 }, detail: 'the input is empty' } };
    if (documents.length > 1) {
      const detail = 'a second document begins here; a fleet file is one document';
      return { problem: { kind: 'syntax', at: at(secondDocument(events)), detail } };
    }
    return { value: documents[0], positions };
  } catch (error) {
    // js-yaml asks that whatever it throws is caught: a tag may hold what its reader cannot take.
    const mark = error instanceof YAMLException ? error.mark : undefined;
    const detail = error instanceof YAMLException ? error.reason : (error as Error).message;
    const position = { line: (mark?.line ?? 0) + 1, column: (mark?.column ?? 0) + 1 };
    return { problem: { kind: 'syntax', at: position, detail } };
  }
}

/** Offset of the first thing in the second document. */
function secondDocument(events: readonly Event[]): number {
  const begins = events.findLastIndex(({ type }, i) => type === EVENT_ID.DOCUMENT && i > 0);
  const first = events.slice(begins).find((event) => 'start' in event || 'valueStart' in event);
  if (!first) return 0;
  return 'start' in first ? first.start : 'valueStart' in first ? Math.max(0, first.valueStart) : 0;
}
