import { expect, test } from 'vitest';
import { probeAccelerator } from '../../../localcloud/machines/accelerator.ts';

test('the probe passes where guests run, and fails within its time where they cannot', async () => {
  expect(await probeAccelerator('tcg')).toBeUndefined();
  expect(await probeAccelerator('tcg', 0.001)).toMatch(/did not run within 0.001 s/);
});
