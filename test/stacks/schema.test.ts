import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { resolvePolicy } from '../../components/rollout/policy.ts';
import schema from '../../stacks/fleet.schema.json' with { type: 'json' };

interface Node {
  $ref?: string;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Node>;
  [key: string]: unknown;
}

const root = schema as unknown as Node & { $defs: Record<string, Node> };

/** Every property of the file, with what its `$ref` adds. */
function properties(node: Node, path: string): [string, Node][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) => {
    const referenced = inner.$ref ? root.$defs[inner.$ref.split('/').at(-1) ?? ''] : undefined;
    const whole: Node = { ...referenced, ...inner };
    const here = path === '' ? name : `${path}.${name}`;
    return [[here, whole] as [string, Node], ...(inner.$ref ? [] : properties(inner, here))];
  });
}

const all = [root, ...Object.values(root.$defs)].flatMap((node, i) =>
  properties(node, i === 0 ? '' : (Object.keys(root.$defs)[i - 1] ?? '')),
);

describe('the schema of fleet files', () => {
  test('has many properties to look at', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  test.each(all)('%s is described and has an example that it accepts', (_path, node) => {
    expect(node.description).toMatch(/\.$/);
    expect(node.examples).toHaveLength(1);
    const ajv = new Ajv({ allowUnionTypes: true });
    const { $ref: _ref, ...own } = node;
    const accepts = ajv.compile({ ...own, $defs: root.$defs });
    expect(accepts(node.examples?.[0]), JSON.stringify(accepts.errors)).toBe(true);
  });

  test('has the defaults that a rollout has without a section', () => {
    const ajv = new Ajv({ useDefaults: true, allowUnionTypes: true });
    const rollout = {};
    ajv.compile({ $ref: '#/$defs/rollout', $defs: root.$defs })(rollout);
    expect(resolvePolicy(rollout)).toEqual(resolvePolicy({}));
  });
});
