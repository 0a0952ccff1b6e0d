import type { ErrorObject } from 'ajv';
import { expect, test } from 'vitest';
import { wellFormedPart } from '../../stacks/well-formed-part.ts';

const error = (instancePath: string, keyword = 'type', params: object = {}): ErrorObject => ({
  instancePath,
  keyword,
  params,
  schemaPath: '',
});

test('leaves out unknown keys and wrong values, and nothing of the original', () => {
  const document = { servers: { 'a/b': { count: 'three', type: 'X', countt: 1 } } };
  const errors = [
    error('/servers/a~1b', 'additionalProperties', { additionalProperty: 'countt' }),
    error('/servers/a~1b/count'),
    error('/servers/gone/count'),
  ];
  expect(wellFormedPart(document, errors)).toEqual({ servers: { 'a/b': { type: 'X' } } });
  expect(document.servers['a/b']).toHaveProperty('countt');
});

test('leaves lists and the document itself as they are', () => {
  expect(wellFormedPart({ tags: [1, 'b'] }, [error('/tags/0')])).toEqual({ tags: [1, 'b'] });
  expect(wellFormedPart([], [error('')])).toEqual([]);
});
