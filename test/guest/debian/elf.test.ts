import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNeeded } from '../../../guest/debian/elf.ts';

describe('libraries that a program names', () => {
  it('are those of the program that runs this test', () => {
    const found = parseNeeded(readFileSync(process.execPath));
    expect(found.libraries).toContain('libc.so.6');
    expect(found.loader).toMatch(/^\/.*ld-linux/);
  });

  it('are none for scripts and for random bytes, even behind an ELF header', () => {
    expect(parseNeeded(Buffer.from('#!/bin/sh\n'))).toEqual({ libraries: [] });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (random) => {
        const bytes = Buffer.concat([Buffer.from('7f454c460201', 'hex'), random]);
        expect(Array.isArray(parseNeeded(bytes).libraries)).toBe(true);
      }),
    );
  });
});
