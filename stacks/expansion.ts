import { EVENT_ID, type Event } from 'js-yaml';

/** Most values that a text may stand for, and how deep they may be nested, with every alias written out. */
const limits = { values: 200_000, depth: 50 };

/** What is wrong with a text's aliases, and the offset at which it becomes so. */
export interface ExpansionProblem {
  readonly offset: number;
  readonly detail: string;
}

/** How much a node stands for. */
interface Extent {
  values: number;
  /** Levels below and with it. */
  depth: number;
  /** Its end has not come yet: an alias of it in here is an alias of itself. */
  open: boolean;
}

/**
 * Looks whether the aliases of a text can be written out: a few lines may stand for billions of values, and an alias
 * that holds itself for endlessly many. Pure; takes time by the length of the text alone.
 */
export function expansionProblem(text: string, events: readonly Event[]): ExpansionProblem | undefined {
  const anchors = new Map<string, Extent>();
  const open: Extent[] = [];
  const remember = (event: { anchorStart: number; anchorEnd: number }, extent: Extent): void => {
    if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), extent);
  };
  const add = ({ values, depth }: Extent, offset: number): ExpansionProblem | undefined => {
    const holder = open.at(-1);
    if (!holder) return undefined;
    holder.values += values;
    holder.depth = Math.max(holder.depth, depth + 1);
    if (holder.values > limits.values)
      return { offset, detail: `its aliases written out, it has more than ${limits.values} values` };
    if (holder.depth > limits.depth)
      return { offset, detail: `its aliases written out, it is nested more than ${limits.depth} deep` };
    return undefined;
  };
  let offset = 0;
  for (const event of events) {
    let problem: ExpansionProblem | undefined;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        anchors.clear();
        open.push({ values: 0, depth: 0, open: true });
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        offset = event.start;
        const extent = { values: 1, depth: 1, open: true };
        remember(event, extent);
        open.push(extent);
        break;
      }
      case EVENT_ID.SCALAR: {
        offset = Math.max(offset, event.valueStart);
        const extent = { values: 1, depth: 1, open: false };
        remember(event, extent);
        problem = add(extent, offset);
        break;
      }
      case EVENT_ID.ALIAS: {
        offset = event.anchorStart - 1;
        const name = text.slice(event.anchorStart, event.anchorEnd);
        // One that names no anchor is told by the parser.
        const extent = anchors.get(name);
        if (extent?.open) return { offset, detail: `the alias *${name} is inside of what it stands for` };
        if (extent) problem = add(extent, offset);
        break;
      }
      case EVENT_ID.POP: {
        const ended = open.pop();
        if (!ended) break;
        ended.open = false;
        problem = add(ended, offset);
        break;
      }
    }
    if (problem) return problem;
  }
  return undefined;
}
