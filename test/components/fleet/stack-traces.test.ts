import { afterEach, expect, test } from 'vitest';
import {
  plainStackTraces,
  shortenStackTraces,
  withShortStackTraces,
} from '../../../components/fleet/stack-traces.ts';

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

test('a trace of all frames, as Pulumi takes it, has few while they are short; who wrote it before still does', () => {
  const deep = (levels: number): string => {
    if (levels > 0) return deep(levels - 1);
    const { stackTraceLimit: limit } = Error;
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    try {
      return new Error('z').stack ?? '';
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  const written = (): string[] => deep(20).split('\n');
  Reflect.set(Error, 'prepareStackTrace', undefined);
  const restore = shortenStackTraces();
  const short = written();
  restore();
  expect(short[0]).toBe('Error: z');
  expect(short).toHaveLength(1 + 7);
  expect(written().slice(0, 8)).toEqual(short);
  expect(written().length).toBeGreaterThan(20);
  const none = shortenStackTraces(0);
  expect(written()).toHaveLength(1 + 5);
  none();
  Error.prepareStackTrace = (_error, frames) => `seen: ${frames.length}`;
  expect(withShortStackTraces(() => deep(20))).toBe('seen: 7');
});
