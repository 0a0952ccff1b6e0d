import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { bareId } from '../../clouds/scaleway/server-answer.ts';
import type { CloudItem } from '../../clouds/scaleway/inventory.ts';
import { kindOfType, mayHaveMade } from '../../components/fleet/abandoned/abandoned-items.ts';
import { type BegunCreation, begunCreation } from '../../components/fleet/abandoned/checkpoint.ts';

/** A creation that a killed `pulumi up` began; Pulumi warns of it until it is cleared. */
export interface PendingCreate extends BegunCreation {
  readonly urn: string;
}

/** What becomes of the begun creations of a state. */
export interface PendingDecision {
  /** It is known that they made nothing, or nothing that the next `pulumi up` would not find by itself. */
  readonly clear: readonly PendingCreate[];
  /** They stay, each with the reason. */
  readonly keep: readonly (PendingCreate & { readonly why: string })[];
}

interface Checkpoint {
  readonly checkpoint: {
    readonly latest?: {
      readonly manifest?: { readonly time?: string };
      readonly resources?: readonly { readonly id?: string }[];
      readonly pending_operations?: readonly Operation[];
    };
  };
}

interface Operation {
  readonly type?: string;
  readonly resource?: {
    readonly urn?: string;
    readonly type?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
  };
}

/** The begun creations in the text of a state. Pure. Source: `OperationV2` in pulumi/sdk/go/common/apitype/core.go */
export function pendingCreates(text: string): PendingCreate[] {
  const { latest } = (JSON.parse(text) as Checkpoint).checkpoint;
  return (latest?.pending_operations ?? [])
    .filter(({ type }) => type === 'creating')
    .map(({ resource }) => ({ urn: resource?.urn ?? '', ...begunCreation(resource) }));
}

/** Seconds for which the cloud may still be at a request whose sender is gone. */
const settling = 120;

/**
 * Which begun creations may be cleared. Pure. One is the trace by which the next `pulumi up` removes what it made (see
 * docs/architecture.md, "after a kill"), so it goes only once the cloud has nothing of the kind that the state lacks.
 *
 * @param text of the state.
 * @param items what the cloud holds.
 * @param tags by which things of this stack are known.
 * @param now when that was. Nothing is cleared that the cloud could still be making.
 */
export function decidePending(
  text: string,
  items: readonly CloudItem[],
  tags: readonly string[],
  now: Date,
): PendingDecision {
  const { latest } = (JSON.parse(text) as Checkpoint).checkpoint;
  const known = new Set((latest?.resources ?? []).flatMap(({ id }) => (id ? [bareId(id)] : [])));
  const saved = Date.parse(latest?.manifest?.time ?? '');
  const young = now.getTime() - saved < settling * 1000;
  const clear: PendingCreate[] = [];
  const keep: (PendingCreate & { why: string })[] = [];
  for (const one of pendingCreates(text)) {
    const why = whyKept(one, items, known, tags) ?? whyTooEarly(one, young);
    if (why === undefined) clear.push(one);
    else keep.push({ ...one, why });
  }
  return { clear, keep };
}

function whyKept(
  one: PendingCreate,
  items: readonly CloudItem[],
  known: ReadonlySet<string>,
  tags: readonly string[],
): string | undefined {
  const { type } = one;
  // Images, scripts and machines look before they act: they take up what an earlier run made.
  if (type.startsWith('pulumi-nodejs:dynamic/bootfleet:')) return undefined;
  const kind = kindOfType[type];
  if (kind === undefined) return 'what it made cannot be looked for here';
  const made = items.find(
    (item) => !known.has(item.id) && tags.every((tag) => item.tags.includes(tag)) && mayHaveMade(one, item),
  );
  return made && `it made ${kind} ${made.name} (${made.id}), which the next \`pulumi up\` removes`;
}

/** Servers and what looks before it acts are found without a trace, so late as they may come. */
function whyTooEarly({ type }: PendingCreate, young: boolean): string | undefined {
  const needsTrace = kindOfType[type] !== undefined && kindOfType[type] !== 'server';
  return needsTrace && young
    ? `it was begun less than ${settling} s before, and the cloud may still be making it`
    : undefined;
}

/** The text of a state without these begun creations; everything else stays as it is. Pure. */
export function withoutPending(text: string, cleared: readonly PendingCreate[]): string {
  const gone = new Set(cleared.map(({ urn }) => urn));
  const state = JSON.parse(text) as Checkpoint;
  const { latest } = state.checkpoint;
  const left = (latest?.pending_operations ?? []).filter(
    ({ type, resource }) => type !== 'creating' || !gone.has(resource?.urn ?? ''),
  );
  const { pending_operations: _, ...rest } = latest ?? {};
  const cut = { ...rest, ...(left.length > 0 && { pending_operations: left }) };
  return JSON.stringify({ ...state, checkpoint: { ...state.checkpoint, latest: cut } }, undefined, 4);
}

/** Takes them out of a state file in one step; the file as it was is kept as Pulumi keeps the step before. */
export async function clearPending(
  file: string,
  previous: string,
  cleared: readonly PendingCreate[],
): Promise<void> {
  const text = await readFile(file, 'utf8');
  const fresh = `${file}.repair`;
  await writeFile(fresh, withoutPending(text, cleared), { flush: true });
  await copyFile(file, previous);
  await rename(fresh, file);
}
