import { describe, expect, test } from 'vitest';
import { resolvePolicy } from '../../components/rollout/policy.ts';
import { leastCounts, mostOfCounts, policyLimits } from '../../components/rollout/policy-limits.ts';
import { schema, schemaValidator } from '../../stacks/schema-validator.ts';

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
    const ajv = schemaValidator();
    // The examples of a key count, not its default, which ajv has no place for at a root.
    const { $ref: _ref, default: _default, ...own } = node;
    const accepts = ajv.compile({ ...own, $defs: root.$defs });
    expect(accepts(node.examples?.[0]), JSON.stringify(accepts.errors)).toBe(true);
  });

  test('has the defaults that a rollout has without a section', () => {
    const ajv = schemaValidator();
    const rollout = {};
    ajv.compile({ $ref: '#/$defs/rollout', $defs: root.$defs })(rollout);
    expect(resolvePolicy(rollout)).toEqual(resolvePolicy({}));
  });

  test.each(all)('%s has a limit to its size', (_path, node) => {
    for (const one of withBranches(node)) {
      const types = [one['type'] ?? []].flat();
      const bounded = (...keywords: string[]): boolean =>
        keywords.some((keyword) => one[keyword] !== undefined);
      if (types.includes('integer') || types.includes('number'))
        expect(bounded('maximum', 'durationRange', 'sizeRange')).toBe(true);
      if (types.includes('string') && !bounded('enum')) expect(bounded('maxLength', 'pattern')).toBe(true);
      if (types.includes('array')) expect(bounded('maxItems')).toBe(true);
      if (one['additionalProperties'] !== undefined && one['additionalProperties'] !== false)
        expect(bounded('maxProperties')).toBe(true);
    }
  });

  test.each(Object.entries(policyLimits))('and the planner have one limit of %s', (name, limits) => {
    const node = Object.fromEntries(all)[`rollout.${name}`];
    expect(node?.['durationRange'] ?? node?.['sizeRange']).toEqual(limits);
  });

  test.each(Object.entries(leastCounts))('and the planner have one limit of %s', (name, least) => {
    const node = Object.fromEntries(all)[`rollout.${name}`];
    expect(node).toMatchObject({ minimum: least });
    // There are fewer waves than servers; the planner compares with their number.
    if (name !== 'upTo') expect(node).toMatchObject({ maximum: mostOfCounts });
  });
});

/** A node, its items, and its alternatives. */
function withBranches(node: Node): Node[] {
  const inner = [node['items'] ?? [], node['anyOf'] ?? []].flat() as Node[];
  return [node, ...inner.filter((one) => one.$ref === undefined).flatMap(withBranches)];
}
