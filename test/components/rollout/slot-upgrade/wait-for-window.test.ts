import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resolvePolicy, type RolloutPolicy } from '../../../../components/rollout/policy.ts';
import { isWindowOpen, waitForWindow } from '../../../../components/rollout/slot-upgrade/wait-for-window.ts';

// 2026-11-21 is a Saturday.
const inputs = (windows?: RolloutPolicy['windows']): Parameters<typeof waitForWindow>[0] => ({
  machine: 'edge-1',
  resourceUrn: '',
  policy: resolvePolicy(windows && { windows }),
});
const never = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a machine with maintenance windows', () => {
  test('begins at once inside of one, and without any', async () => {
    expect(await waitForWindow(inputs({ times: ['Sat 11:00-13:00'] }), never)).toBeUndefined();
    expect(await waitForWindow(inputs(), never)).toBeUndefined();
    expect(isWindowOpen(inputs({ times: ['Sat 11:00-13:00'] }), Date.parse('2026-11-21T13:00:00Z'))).toBe(
      false,
    );
  });

  test('is not started outside of them where that was chosen', async () => {
    const given = inputs({ times: ['daily 02:00-04:00'], outside: 'fail' });
    expect(await waitForWindow(given, never)).toBe(
      'edge-1 may only be touched in its maintenance window; the next opens in 14 h',
    );
  });

  test('is not started where the wait would be too long', async () => {
    const given = inputs({ times: ['daily 02:00-04:00'], longest: '13h' });
    expect(await waitForWindow(given, never)).toMatch(/the next opens in 14 h/);
  });

  test('waits until one opens by the clock', async () => {
    vi.setSystemTime(Date.parse('2026-11-21T12:59:59.700Z'));
    const waiting = waitForWindow(inputs({ times: ['Sat 13:00-14:00'] }), never);
    vi.setSystemTime(Date.parse('2026-11-21T13:00:00Z'));
    expect(await waiting).toBeUndefined();
  });

  test('ends its wait when the rollout is stopped', async () => {
    const stop = new AbortController();
    const waiting = waitForWindow(inputs({ times: ['Sat 13:00-14:00'] }), stop.signal);
    stop.abort();
    expect(await waiting).toBe('the rollout was stopped while it waited for its maintenance window');
  });
});
