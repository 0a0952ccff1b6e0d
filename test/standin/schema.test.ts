import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resourceTypes } from '../../standin/resource-types.ts';
import { checkFields } from '../../standin/schema/check.ts';
import { difference, inputsOf, previewCreate, previewUpdate } from '../../standin/schema/diff.ts';
import type { Field, Fields, Values } from '../../standin/schema/fields.ts';
import { automaticName } from '../../standin/schema/name.ts';
import { unknown } from '../../standin/schema/values.ts';

/** Any value that an argument may have. */
function valueOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'text':
      return field.oneOf ? fc.constantFrom(...field.oneOf) : fc.string({ minLength: 1 });
    case 'number':
      return fc.integer({ min: 1, max: 1000 });
    case 'boolean':
      return fc.boolean();
    case 'texts':
      return fc.array(fc.string({ minLength: 1 }), { maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 });
    case 'object':
      return inputsFor(field.parts ?? {});
    case 'objects':
      return fc.array(inputsFor(field.parts ?? {}), { maxLength: 3 });
  }
}

/** Any right arguments for a resource type. */
function inputsFor(fields: Fields): fc.Arbitrary<Values> {
  const all = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)]));
  const requiredKeys = Object.keys(fields).filter((name) => fields[name]?.required === true);
  return fc.record(all, { requiredKeys });
}

/** What a cloud would show for a resource made with these arguments: what was left out has its standard value. */
function stateFor(fields: Fields, inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, shownFor(field, inputs[name])]),
  );
}

function shownFor(field: Field, given: unknown): unknown {
  if (field.type === 'object') return stateFor(field.parts ?? {}, (given ?? {}) as Values);
  if (field.type === 'objects')
    return ((given ?? []) as Values[]).map((one) => stateFor(field.parts ?? {}, one));
  return given ?? field.standard ?? (field.computed ? 'chosen' : undefined);
}

const types = [...resourceTypes.values()];

describe.each(types.map((type) => [type.token, type] as const))('%s', (_token, { fields, outputs }) => {
  test('right arguments pass the check', () => {
    fc.assert(
      fc.property(inputsFor(fields), (inputs) => {
        expect(checkFields(fields, inputs)).toEqual([]);
      }),
    );
  });

  test('what was just made has no difference; nor after a refresh', () => {
    fc.assert(
      fc.property(inputsFor(fields), (inputs) => {
        const state = stateFor(fields, inputs);
        expect(difference(fields, state, inputs, []).changed).toEqual([]);
        expect(inputsOf(fields, state, { any: 1, ...inputs })).toEqual(inputs);
      }),
    );
  });

  test('what is ignored is never a difference, and replaced only what differs', () => {
    fc.assert(
      fc.property(
        inputsFor(fields),
        inputsFor(fields),
        fc.subarray(Object.keys(fields)),
        (before, after, ignored) => {
          const found = difference(fields, stateFor(fields, before), after, ignored);
          for (const name of ignored) expect(found.changed).not.toContain(name);
          for (const name of found.replaces) expect(found.changed).toContain(name);
        },
      ),
    );
  });

  test('a preview shows every output, known or not, and a changed argument as it will be', () => {
    fc.assert(
      fc.property(inputsFor(fields), inputsFor(fields), (before, after) => {
        const made = previewCreate(fields, outputs, before);
        for (const name of outputs) expect(made[name]).toBe(unknown);
        const state = {
          ...stateFor(fields, before),
          ...Object.fromEntries(outputs.map((name) => [name, 'known'])),
        };
        const { changed } = difference(fields, state, after, []);
        const shown = previewUpdate(fields, state, after, changed);
        for (const name of changed) {
          if (fields[name]?.type !== 'object' && after[name] !== undefined)
            expect(shown[name]).toEqual(after[name]);
        }
        if (changed.length === 0) expect(shown).toEqual(state);
      }),
    );
  });
});

describe('checkFields', () => {
  const fields: Fields = {
    tags: { type: 'texts' },
    mode: { type: 'text', required: true, oneOf: ['a', 'b'] },
    rules: { type: 'objects', parts: { port: { type: 'number', required: true } } },
  };
  test.each([
    [{ mode: 'a', tagz: [] }, 'tagz', 'there is no such argument; did you mean tags?'],
    [{}, 'mode', 'a value is required'],
    [{ mode: 'c' }, 'mode', 'expected one of a, b, got "c"'],
    [{ mode: 'a', tags: 'x' }, 'tags', 'expected a list of texts, got "x"'],
    [{ mode: 'a', tags: ['x', 1] }, 'tags[1]', 'expected a text, got 1'],
    [{ mode: 'a', rules: [{ port: 22 }, {}] }, 'rules[1].port', 'a value is required'],
  ])('%j', (inputs, property, reason) => {
    expect(checkFields(fields, inputs)).toEqual([{ property, reason }]);
  });
  test('names all that is wrong at once, and takes what is not known yet as right', () => {
    expect(checkFields(fields, { tags: 1, rules: 2 })).toHaveLength(3);
    expect(checkFields(fields, { mode: unknown, tags: unknown, rules: unknown })).toEqual([]);
  });
});

test('an automatic name stays with its resource and differs between resources', () => {
  const seed = Buffer.from('seed');
  const name = automaticName('disk', {}, seed);
  expect(name).toMatch(/^disk-[0-9a-f]{7}$/);
  expect(automaticName('disk', { name }, Buffer.from('other'))).toBe(name);
  expect(automaticName('disk', { name: 'given by the user' }, seed)).toBe(name);
  expect(automaticName('data', {}, seed).slice(-7)).not.toBe(name.slice(-7));
});
