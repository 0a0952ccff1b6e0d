/** One resource in a stack's state. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Name of the `Fleet` that it is part of, or is itself; absent for what the program has beside its fleets. */
  readonly fleet?: string;
  /** Left over from a replacement, and to be removed: another resource has its name. */
  readonly left?: boolean;
  /** Something besides its own arguments replaces it: the state has a `replacementTrigger` of it. */
  readonly tied?: boolean;
}

interface Exported {
  readonly urn?: string;
  readonly type?: string;
  readonly id?: string;
  readonly outputs?: Record<string, unknown>;
  readonly delete?: boolean;
  readonly parent?: string;
  readonly replacementTrigger?: unknown;
}

/** The resources of an exported state. Pure. Source: `apitype.DeploymentV3` in pulumi/sdk/go/common/apitype/core.go */
export function parseState(text: string): StateResource[] {
  const parsed = JSON.parse(text) as { deployment?: { resources?: unknown } | null };
  const resources = parsed.deployment?.resources;
  if (!Array.isArray(resources)) return [];
  const byUrn = new Map((resources as Exported[]).map((one) => [one.urn, one]));
  return (resources as Exported[]).map((resource) => {
    const { urn = '', type = '', id = '', outputs = {}, delete: left, replacementTrigger } = resource;
    const fleet = fleetOf(resource, byUrn);
    return {
      type,
      name: nameIn(urn),
      id,
      outputs,
      ...(fleet !== undefined && { fleet }),
      ...(left === true && { left }),
      ...((replacementTrigger ?? undefined) !== undefined && { tied: true }),
    };
  });
}

function nameIn(urn: string): string {
  return urn.slice(urn.lastIndexOf('::') + 2);
}

/** Goes up its parents to the next fleet. A damaged state may name them in a circle. */
function fleetOf(resource: Exported, byUrn: ReadonlyMap<string | undefined, Exported>): string | undefined {
  const passed = new Set<Exported>();
  let one: Exported | undefined = resource;
  while (one !== undefined && !passed.has(one)) {
    if (one.type === 'bootfleet:index:Fleet') return nameIn(one.urn ?? '');
    passed.add(one);
    one = one.parent === undefined ? undefined : byUrn.get(one.parent);
  }
  return undefined;
}
