import { describe, expect, test } from 'vitest';
import { allErrors } from '../../errors/catalogue.ts';
import { BootfleetError, defineError, describeError } from '../../errors/error.ts';

describe('the error catalogue', () => {
  const all = allErrors();

  test('has no code twice', () => {
    const codes = all.map((d) => d.code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  test.each(all.map((d) => [d.code, d] as const))('%s is complete and its example reads well', (code, d) => {
    expect(code).toMatch(/^BF(1[0-9]|20)\d\d$/);
    const message = d.message(d.example as never);
    const next = d.next(d.example as never);
    for (const text of [d.title, message, d.cause, next]) {
      expect(text.trim().length).toBeGreaterThan(5);
      expect(text).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  test('says that nothing was changed or deleted only of what comes before anything is', () => {
    const claims = all.filter((d) =>
      /nothing (was|is) (changed|deleted)/i.test(
        `${d.message(d.example as never)} ${d.cause} ${d.next(d.example as never)}`,
      ),
    );
    // The fleet file, and a machine's disk that is held against its image before the machine is touched.
    expect(claims.map(({ code }) => code).sort()).toEqual(['BF1000', 'BF1201']);
  });
});

describe('an error shown to a person', () => {
  const full = defineError<{ machine: string }>({
    code: 'BF1999',
    title: 'Test',
    message: (f) => `${f.machine} is full`,
    cause: 'Too much.',
    next: (f) => `Empty ${f.machine}.`,
    example: { machine: 'edge-1' },
  });

  test('says what happened, why, and what to do, without a stack', () => {
    const error = full({ machine: 'edge-7' });
    expect(error).toBeInstanceOf(BootfleetError);
    expect(describeError(error)).toBe('BF1999: edge-7 is full\n  why:  Too much.\n  next: Empty edge-7.');
  });

  test('as JSON holds the facts', () => {
    expect(JSON.parse(JSON.stringify(full({ machine: 'edge-7' })))).toEqual({
      code: 'BF1999',
      message: 'edge-7 is full',
      why: 'Too much.',
      next: 'Empty edge-7.',
      facts: { machine: 'edge-7' },
    });
  });

  test('an unexpected error keeps its stack, because it is our bug', () => {
    expect(describeError(new Error('oops'))).toContain('catalogue.test.ts');
  });
});
