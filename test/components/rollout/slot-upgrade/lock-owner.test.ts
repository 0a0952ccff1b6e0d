import { expect, test } from 'vitest';
import { lockOwner } from '../../../../components/rollout/slot-upgrade/lock-owner.ts';

test('a user without a name is told by number', () => {
  expect(lockOwner(() => ({ username: 'mia' }))).toBe('mia');
  const missing = (): never => {
    throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
  };
  expect(lockOwner(missing)).toBe(`uid ${process.getuid?.()}`);
});
