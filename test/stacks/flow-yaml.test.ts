import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { flowYaml } from '../../stacks/flow-yaml.ts';

test('YAML reads a value as it was', () => {
  const values = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    value: fc.oneof(
      { maxDepth: 3 },
      tie('leaf'),
      fc.array(tie('value')),
      fc.dictionary(
        fc
          .stringMatching(/^[a-z]{1,8}$/)
          .filter((key) => !/^(?:y|n|on|off|yes|no|true|false|null)$/.test(key)),
        tie('value'),
      ),
    ),
  })).value;
  fc.assert(
    fc.property(values, (value) => {
      expect(load(`value: ${flowYaml(value)}`)).toEqual({ value });
    }),
  );
});

test('text that is one thing to YAML anyway is not quoted', () => {
  for (const text of [
    'edge',
    '30s',
    '50%',
    '10MB',
    '/health',
    '../images/a-1.img',
    'http://x:80/y',
    'quiet',
    'fr-par-1',
  ])
    expect(flowYaml(text)).toBe(text);
  expect(flowYaml(['console=ttyS0,115200', 'login: '])).toBe("['console=ttyS0,115200', 'login: ']");
});
