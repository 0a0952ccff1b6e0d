import { expect, test } from 'vitest';
import { replacesOnTypeChange } from '../../../components/server/type-change.ts';

test.each([
  ['a new server with a local disk', 'START1-XS', undefined, true],
  ['a new server with block storage', 'PLAY2-PICO', undefined, false],
  ['a local disk to a local disk', 'DEV1-S', { type: 'START1-XS', replaceOnTypeChange: true }, true],
  ['a local disk to block storage', 'PLAY2-PICO', { type: 'DEV1-S' }, true],
  ['block storage to a local disk', 'DEV1-S', { type: 'PLAY2-PICO', replaceOnTypeChange: false }, true],
  ['block storage to block storage', 'PRO2-XXS', { type: 'PLAY2-PICO', replaceOnTypeChange: false }, false],
  // What was changed once has nothing to do in the next update.
  ['the same, after a change', 'PLAY2-PICO', { type: 'PLAY2-PICO', replaceOnTypeChange: true }, true],
  ['the same, in an older state', 'PLAY2-PICO', { type: 'PLAY2-PICO' }, false],
  ['the same, in an older state', 'DEV1-S', { type: 'DEV1-S' }, true],
])('%s (%s)', (_, type, now, replaced) => {
  expect(replacesOnTypeChange(type, now)).toBe(replaced);
});
