import { afterEach, expect, test } from 'vitest';
import { plainStackTraces } from '../../../components/fleet/stack-traces.ts';

const before: unknown = Reflect.get(Error, 'prepareStackTrace');
afterEach(() => {
  Reflect.set(Error, 'prepareStackTrace', before);
});

test('stack traces are written by Node again, whatever was installed', () => {
  Error.prepareStackTrace = () => 'written by somebody else';
  expect(new Error('one').stack).toBe('written by somebody else');
  plainStackTraces();
  expect(new Error('two').stack).toMatch(/^Error: two\n +at .*stack-traces\.test\.ts/);
});
