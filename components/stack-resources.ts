/** One resource in a stack's state. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Left over from a replacement, and to be removed: another resource has its name. */
  readonly left?: boolean;
}

interface Exported {
  readonly urn?: string;
  readonly type?: string;
  readonly id?: string;
  readonly outputs?: Record<string, unknown>;
  readonly delete?: boolean;
}

/** The resources of an exported state. Pure. Source: `apitype.DeploymentV3` in pulumi/sdk/go/common/apitype/core.go */
export function parseState(text: string): StateResource[] {
  const parsed = JSON.parse(text) as { deployment?: { resources?: unknown } | null };
  const resources = parsed.deployment?.resources;
  if (!Array.isArray(resources)) return [];
  return (resources as Exported[]).map(({ urn = '', type = '', id = '', outputs = {}, delete: left }) => ({
    type,
    name: urn.slice(urn.lastIndexOf('::') + 2),
    id,
    outputs,
    ...(left === true && { left }),
  }));
}
