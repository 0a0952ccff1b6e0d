import type { ErrorObject } from 'ajv';
import { keyMissing, unknownKey, wrongValue } from '../errors/fleet-file.ts';
import type { BootfleetError } from '../errors/error.ts';
import { nearestWord } from '../errors/nearest-name.ts';
import { flowYaml } from './flow-yaml.ts';
import { showPath, type JsonPath, type Positions } from './positions.ts';

/** The part of a JSON schema that messages are made from. */
interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly durationRange?: readonly [string, string];
  readonly sizeRange?: readonly [string, string];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
}

/**
 * Turns what ajv says into problems that a person understands, one for each mistake.
 *
 * ajv reports an `anyOf` once for each branch and once for itself; kept is what the branch of the right type says, or,
 * where no branch has the type, one problem for the whole. It must run with `allErrors` and `verbose`.
 */
export function schemaProblems(
  file: string,
  errors: readonly ErrorObject[],
  positions: Positions,
): BootfleetError[] {
  const told = distinct(withoutBranches(errors.slice(0, mostErrors)));
  return told.map((error) => problemOf(file, error, positions));
}

/** So many are looked at: a list of a hundred thousand wrong items is one mistake. */
const mostErrors = 2000;

function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  let kept = [...errors];
  for (const union of unions) {
    const inside = kept.filter((error) => error !== union && isInside(error, union));
    const ofRightType = inside.filter((error) => error.instancePath.length > union.instancePath.length);
    const dropped =
      ofRightType.length > 0 ? [union, ...inside.filter((e) => !ofRightType.includes(e))] : inside;
    kept = kept.filter((error) => !dropped.includes(error));
  }
  return kept;
}

/** Whether an error was found in a branch of a union. Branches that are `$ref`s lose their place in `schemaPath`. */
function isInside(error: ErrorObject, union: ErrorObject): boolean {
  if (!error.instancePath.startsWith(union.instancePath)) return false;
  if (error.schemaPath.startsWith(`${union.schemaPath}/`)) return true;
  const branches = union.schema as readonly { $ref?: string }[];
  return branches.some(({ $ref }) => $ref !== undefined && error.schemaPath.startsWith($ref));
}

function distinct(errors: readonly ErrorObject[]): ErrorObject[] {
  const seen = new Set<string>();
  const isRange = ({ keyword }: ErrorObject): boolean =>
    keyword === 'durationRange' || keyword === 'sizeRange';
  const told = new Set(errors.filter((error) => !isRange(error)).map(({ instancePath }) => instancePath));
  return errors.filter((error) => {
    // A bad property name is reported by its own rule and by `propertyNames`; the rule's own has the details.
    if (error.keyword === 'propertyNames') return false;
    // What is no duration or size at all is in no range either.
    if (isRange(error) && told.has(error.instancePath)) return false;
    const id = JSON.stringify([error.instancePath, error.propertyName, error.keyword, error.params]);
    return !seen.has(id) && seen.add(id);
  });
}

function problemOf(file: string, error: ErrorObject, positions: Positions): BootfleetError {
  const path = pathOf(error.instancePath);
  const schema = (error.parentSchema ?? {}) as Schema;
  if (error.keyword === 'additionalProperties') {
    const key = (error.params as { additionalProperty: string }).additionalProperty;
    const known = Object.keys(schema.properties ?? {});
    const whole = [...path, key];
    return unknownKey({
      file,
      ...positions.key(whole),
      path: showPath(whole),
      key,
      known: known.join(', '),
      nearest: nearestWord(key, known) ?? '',
    });
  }
  if (error.keyword === 'required') {
    const key = (error.params as { missingProperty: string }).missingProperty;
    const example = exampleOf(schema.properties?.[key], schema, key);
    return keyMissing({ file, ...positions.key(path), path: showPath(path), key, example });
  }
  const name = error.propertyName;
  const whole = name === undefined ? path : [...path, name];
  const found: unknown = name ?? error.data;
  const words = (schema.enum ?? []).filter((word) => typeof word === 'string');
  return wrongValue({
    file,
    ...(name === undefined ? positions.value(whole) : positions.key(whole)),
    path: showPath(whole),
    found: show(found),
    expected: expectedOf(error, schema),
    example: exampleOf(
      schema,
      undefined,
      typeof path.at(-1) === 'string' && name === undefined ? String(path.at(-1)) : '',
    ),
    nearest: typeof found === 'string' ? (nearestWord(found, words) ?? '') : '',
  });
}

function expectedOf(error: ErrorObject, schema: Schema): string {
  if (error.keyword === 'uniqueItems') return 'each item once';
  if (error.keyword === 'minProperties') return 'at least one entry';
  if (error.keyword === 'minItems') return `at least ${schema.minItems ?? 1} item`;
  if (error.keyword === 'maxItems') return `at most ${schema.maxItems ?? 0} items`;
  if (error.keyword === 'maxProperties') return `at most ${schema.maxProperties ?? 0} entries`;
  // Their values hold the range as the schema writes it.
  const within = schema.durationRange ?? schema.sizeRange;
  if (error.keyword === 'oneOf') return `exactly one of ${alternatives(schema)}`;
  if (schema.enum) return `one of ${schema.enum.map(String).join(', ')}`;
  const range = [
    schema.minimum === undefined ? '' : `at least ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? '' : `more than ${schema.exclusiveMinimum}`,
    schema.maximum === undefined ? '' : `at most ${schema.maximum}`,
    within === undefined ? '' : `from ${within[0]} to ${within[1]}`,
  ].filter((part) => part !== '');
  const type = typeName(schema.type);
  const description = (schema.description ?? '').replace(/\.$/, '');
  return (
    [type, ...range].filter((part) => part !== '').join(', ') +
    (description === '' ? '' : ` (${description})`)
  );
}

/** The keys of which exactly one must be there. Example: `http, tcp, ssh and metadata`. */
function alternatives({ oneOf = [] }: Schema): string {
  const keys = oneOf.flatMap(({ required = [] }) => required);
  return [keys.slice(0, -1).join(', '), ...keys.slice(-1)].join(' and ');
}

const typeNames: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

function typeName(type: Schema['type']): string {
  if (type === undefined) return '';
  return [type]
    .flat()
    .map((one) => typeNames[one] ?? one)
    .join(' or ');
}

/** An example as it would be written in the file, on one line. */
function exampleOf(schema: Schema | undefined, parent: Schema | undefined, key: string): string {
  const own = schema?.examples?.[0];
  const inParent = (parent?.examples?.[0] as Record<string, unknown> | undefined)?.[key];
  const value = flowYaml(own ?? inParent ?? '...');
  return key === '' ? value : `${key}: ${value}`;
}

/** A value in a message, short, as YAML would write what JSON cannot. */
function show(value: unknown): string {
  if (value === null) return 'nothing';
  const text = typeof value === 'number' ? numberText(value) : JSON.stringify(pruned(value, 4));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  return Number.isFinite(value) ? String(value) : value < 0 ? '-.inf' : '.inf';
}

/** As much of a value as a message can show. */
function pruned(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return value.slice(0, 80);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '...';
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => pruned(item, levels - 1));
  const entries = Object.entries(value).slice(0, 20);
  return Object.fromEntries(entries.map(([key, inner]) => [key, pruned(inner, levels - 1)]));
}

/** JSON pointer (RFC 6901) to path; positions in lists become numbers. */
function pathOf(pointer: string): JsonPath {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
