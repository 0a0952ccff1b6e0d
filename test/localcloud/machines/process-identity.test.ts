import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import {
  identityOf,
  lives,
  parseIdentity,
  signalProcess,
} from '../../../localcloud/machines/process-identity.ts';

test('a process is known by more than its id', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = await identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('no identity');
  expect(parseIdentity(JSON.stringify(identity))).toEqual(identity);
  expect(await lives(identity)).toBe(true);
  expect(await lives({ ...identity, startTime: '1' })).toBe(false);
  expect(await lives({ ...identity, bootId: 'another boot' })).toBe(false);
  expect(await signalProcess({ ...identity, startTime: '1' }, 'SIGKILL')).toBe(false);
  expect(await signalProcess(identity, 'SIGKILL')).toBe(true);
  await once(child, 'exit');
  expect(await lives(identity)).toBe(false);
  expect(await signalProcess(identity, 'SIGKILL')).toBe(false);
});

test.each([
  '',
  '{',
  'null',
  '{"pid":1,"startTime":"1","bootId":"x"}',
  '{"pid":"7","startTime":"1","bootId":"x"}',
  '{"pid":7}',
])('a damaged record names no process: %s', (text) => {
  expect(parseIdentity(text)).toBeUndefined();
});
