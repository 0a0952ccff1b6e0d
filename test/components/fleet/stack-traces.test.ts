import { afterEach, expect, test } from 'vitest';
import { plainStackTraces, withShortStackTraces } from '../../../components/fleet/stack-traces.ts';

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

test('a step has stack traces of one frame, and what comes after it has whole ones, also after an error', () => {
  const frames = (): number => new Error('x').stack?.match(/\n +at /g)?.length ?? 0;
  expect(withShortStackTraces(frames)).toBe(1);
  expect(frames()).toBeGreaterThan(1);
  expect(() =>
    withShortStackTraces(() => {
      throw new Error('y');
    }),
  ).toThrow('y');
  expect(frames()).toBeGreaterThan(1);
});
