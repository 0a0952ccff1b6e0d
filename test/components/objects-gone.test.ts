import { beforeEach, expect, test, vi } from 'vitest';
import { objectsGone } from '../../components/objects-gone.ts';
import { reportRemark } from '../../components/progress.ts';
import { localCloudNotRunning } from '../../errors/cloud.ts';

vi.mock('../../components/progress.ts', () => ({ reportRemark: vi.fn(() => Promise.resolve()) }));
const urn = 'urn:pulumi:local::bootfleet::pulumi-nodejs:dynamic/bootfleet:BootScript::edge';
beforeEach(() => {
  vi.mocked(reportRemark).mockClear();
});

test.each([true, false])('what the store says is the answer: %s', async (gone) => {
  expect(await objectsGone(urn, () => Promise.resolve(gone))).toBe(gone);
  expect(reportRemark).not.toHaveBeenCalled();
});

test('a store that cannot be asked is no change; that it is not known is said with the code', async () => {
  const down = localCloudNotRunning.definition.example;
  expect(await objectsGone(urn, () => Promise.reject(localCloudNotRunning(down)))).toBe(false);
  expect(reportRemark).toHaveBeenCalledWith(urn, 'warning', expect.stringMatching(/not known: BF1400: /));
});

test('an error of ours stays one', async () => {
  await expect(objectsGone(urn, () => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
});
