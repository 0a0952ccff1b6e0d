import { bareId } from '../../../clouds/scaleway/server-answer.ts';
import { exportStack } from '../../export-stack.ts';
import { parseState, type StateResource } from '../../stack-resources.ts';
import { parseUrn } from '../../resource-urn.ts';
import type { ServerNow } from '../../server/type-change.ts';

/** What a stack's state says of resources that exist, and of those whose creation nobody saw the end of. */
export interface Checkpoint {
  /** The cloud's ids of all resources, without the zone. */
  readonly ids: ReadonlySet<string>;
  /** Creations that were begun and neither recorded nor failed: the `pulumi up` was killed. */
  readonly begun: readonly BegunCreation[];
  /** All that it holds. */
  readonly resources: readonly StateResource[];
  /** The servers as their arguments have them, by their name in the program. */
  readonly servers: ReadonlyMap<string, ServerNow>;
}

/** A creation that was begun. */
export interface BegunCreation {
  /** Example: `scaleway:instance/server:Server`. */
  readonly type: string;
  /** The name that the cloud was given; absent for types without names. Example: `edge-1`. */
  readonly name: string | undefined;
  /** What the cloud was to write on it. */
  readonly tags: readonly string[];
}

/**
 * The state as it was before this update, read by the CLI that runs it: a program itself is told nothing of the state.
 *
 * @param stack in full. Example: `organization/bootfleet/local`.
 * @throws what `exportStack` throws.
 */
export async function readCheckpoint(stack: string): Promise<Checkpoint> {
  return parseCheckpoint((await exportStack(stack)) ?? '{}');
}

interface Resource {
  readonly urn?: string;
  readonly type?: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Left over from a replacement: another resource has its URN. */
  readonly delete?: boolean;
}

interface Exported {
  readonly deployment?: {
    readonly resources?: readonly Resource[] | null;
    readonly pending_operations?: readonly { readonly type?: string; readonly resource?: Resource }[] | null;
  } | null;
}

/** Pure. Source: `apitype.DeploymentV3` and `OperationV2` in pulumi/sdk/go/common/apitype/core.go */
export function parseCheckpoint(text: string): Checkpoint {
  const { deployment } = JSON.parse(text) as Exported;
  const ids = (deployment?.resources ?? []).flatMap(({ id }) => (id ? [bareId(id)] : []));
  const begun = (deployment?.pending_operations ?? [])
    .filter(({ type }) => type === 'creating')
    .map(({ resource }) => begunCreation(resource));
  return {
    ids: new Set(ids),
    begun,
    resources: parseState(text),
    servers: serversOf(deployment?.resources ?? []),
  };
}

/** A begun creation as the state has it. Pure. */
export function begunCreation(
  resource: { readonly type?: string; readonly inputs?: Readonly<Record<string, unknown>> } | undefined,
): BegunCreation {
  const { name, tags } = resource?.inputs ?? {};
  return {
    type: resource?.type ?? '',
    name: typeof name === 'string' ? name : undefined,
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
  };
}

function serversOf(resources: readonly Resource[]): Map<string, ServerNow> {
  const servers = new Map<string, ServerNow>();
  for (const { urn, type: token, inputs, delete: left } of resources) {
    if (token !== 'scaleway:instance/server:Server' || urn === undefined || left === true) continue;
    const [type, replaces] = [inputs?.['type'], inputs?.['replaceOnTypeChange']];
    if (typeof type !== 'string') continue;
    const said = typeof replaces === 'boolean' ? { replaceOnTypeChange: replaces } : {};
    servers.set(parseUrn(urn).name, { type, ...said });
  }
  return servers;
}
