import { expect, test } from 'vitest';
import { briefReason } from '../../../../components/rollout/slot-upgrade/brief-reason.ts';

test.each([
  ["edge-1: it panicked. Its console's last lines:\n  | boot>", 'it panicked.'],
  ['one\n  two', 'one two'],
  ['edge-10: sick', 'edge-10: sick'],
  ['', ''],
])('%j is told as %j', (why, brief) => {
  expect(briefReason('edge-1', why)).toBe(brief);
});
