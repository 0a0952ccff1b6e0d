import { nearestWord } from '../../errors/nearest-name.ts';
import type { Field, Fields, Values } from './fields.ts';
import { unknown } from './values.ts';

/** One argument that is wrong, as Pulumi shows it at the resource. */
export interface CheckProblem {
  /** Example: `inboundRules[0].action`. */
  readonly property: string;
  readonly reason: string;
}

/** Everything that is wrong with a resource's arguments. Values that are not known yet are taken as right. */
export function checkFields(fields: Fields, inputs: Values, prefix = ''): CheckProblem[] {
  const problems: CheckProblem[] = [];
  for (const name of Object.keys(inputs)) {
    if (Object.hasOwn(fields, name)) continue;
    const near = nearestWord(name, Object.keys(fields));
    const reason = `there is no such argument${near === undefined ? '' : `; did you mean ${near}?`}`;
    problems.push({ property: prefix + name, reason });
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = inputs[name];
    if (value === unknown) continue;
    if (value === undefined || value === null) {
      if (field.required === true) problems.push({ property: prefix + name, reason: 'a value is required' });
      continue;
    }
    problems.push(...checkValue(field, value, prefix + name));
  }
  return problems;
}

function checkValue(field: Field, value: unknown, property: string): CheckProblem[] {
  const wrong = (expected: string): CheckProblem[] => [
    { property, reason: `expected ${expected}, got ${show(value)}` },
  ];
  switch (field.type) {
    case 'text':
      if (typeof value !== 'string') return wrong('a text');
      if (field.oneOf && !field.oneOf.includes(value)) return wrong(`one of ${field.oneOf.join(', ')}`);
      return [];
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? [] : wrong('a number');
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong('true or false');
    case 'texts':
      if (!Array.isArray(value)) return wrong('a list of texts');
      return value.flatMap((one: unknown, i) =>
        typeof one === 'string'
          ? []
          : [{ property: `${property}[${i}]`, reason: `expected a text, got ${show(one)}` }],
      );
    case 'map':
      if (!isObject(value)) return wrong('a map of texts');
      return Object.entries(value).flatMap(([key, one]) =>
        typeof one === 'string'
          ? []
          : [{ property: `${property}.${key}`, reason: `expected a text, got ${show(one)}` }],
      );
    case 'object':
      return isObject(value) ? checkFields(field.parts ?? {}, value, `${property}.`) : wrong('an object');
    case 'objects':
      if (!Array.isArray(value)) return wrong('a list of objects');
      return value.flatMap((one: unknown, i) =>
        isObject(one)
          ? checkFields(field.parts ?? {}, one, `${property}[${i}].`)
          : [{ property: `${property}[${i}]`, reason: `expected an object, got ${show(one)}` }],
      );
  }
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}
