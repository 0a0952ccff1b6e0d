import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Program } from '../../../../guest/writer/sha256/program.ts';
import { runs } from '../../../property-runs.ts';

const library = new URL('../../../../guest/writer/ramdisk/lib', import.meta.url).pathname;
let folder: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootfleet-sha256-'));
  program = join(folder, 'sha256-blocks');
  writeFileSync(program, sha256Program(), { mode: 0o755 });
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); }); // prettier-ignore

/** What Sha256.pm makes of pieces of these sizes, by the program given as perl words. */
function viaPerl(words: string, message: Buffer, sizes: readonly number[] = [message.length]): string {
  const perl = `use Sha256; binmode STDIN; local $/; my $all = <STDIN> // '';
    { no warnings 'redefine'; *Sha256::program = sub { return ${words} } }
    my $sha = Sha256->new; my $at = 0;
    for my $size (@ARGV) { $sha->add(\\$all, $at, $at + $size); $at += $size }
    print $sha->hex;`;
  return execFileSync('perl', [`-I${library}`, '-we', perl, ...sizes.map(String)], {
    input: message,
  }).toString();
}

const hex = (message: Uint8Array): string => createHash('sha256').update(message).digest('hex');

describe.runIf(process.arch === 'x64')('SHA-256 for emulated processors', () => {
  it('is the known one for messages of any length, in any pieces', () => {
    const pieces = fc.array(fc.oneof(fc.nat(130), fc.nat(70_000)), { maxLength: 4 });
    fc.assert(
      fc.property(pieces, (sizes) => {
        const message = randomBytes(sizes.reduce((sum, size) => sum + size, 0));
        expect(viaPerl(`'${program}'`, message, sizes)).toBe(hex(message));
      }),
      {
        numRuns: runs(25),
        examples: [[[]], [[55]], [[56]], [[63]], [[64]], [[65_535]], [[65_536]], [[65_480, 1]]],
      },
    );
  });

  it('carries every bit: all ones, all zeros, and a message of many buffers', () => {
    for (const message of [Buffer.alloc(100_000, 255), Buffer.alloc(100_000), randomBytes(3_000_001)])
      expect(viaPerl(`'${program}'`, message)).toBe(hex(message));
  });

  it('is the same program each time, and ends with an error when it cannot read', () => {
    expect(sha256Program().equals(sha256Program())).toBe(true);
    expect(spawnSync(program, { stdio: ['ignore', 'pipe', 'pipe'] }).status).toBe(0);
    expect(spawnSync('sh', ['-c', `exec "${program}" <&-`]).status).toBe(1);
  });
});

describe('SHA-256 by the other programs', () => {
  const message = randomBytes(200_000);
  it('openssl, where the processor is a real one', () => {
    expect(viaPerl(`('openssl', 'dgst', '-sha256', '-binary')`, message)).toBe(hex(message));
  });
  it('perl itself, where there is neither', () => {
    expect(viaPerl('()', message)).toBe(hex(message));
  });
  it('one that dies is an error, never a digest', () => {
    expect(() => viaPerl(`'false'`, message)).toThrow(/SHA-256 program|HASH/);
  });
});

describe('which program makes the SHA-256', () => {
  const choice = (model: string, flags: string): string =>
    execFileSync('perl', [`-I${library}`, '-we', 'use Sha256; print join q( ), Sha256::choose($ARGV[0])',
      `processor\t: 0\nmodel name\t: ${model}\nflags\t\t: fpu ${flags} avx2\n`]).toString(); // prettier-ignore
  it.each([
    ['QEMU TCG CPU version 2.5+', 'ssse3', '/bin/sha256-blocks'],
    ['QEMU Virtual CPU version 2.5+', 'ssse3', '/bin/sha256-blocks'],
    ['QEMU TCG CPU version 2.5+', 'sha_ni', '/usr/bin/openssl dgst -sha256 -binary'],
    ['AMD EPYC 7543 32-Core Processor', 'sha_ni', '/usr/bin/openssl dgst -sha256 -binary'],
    ['Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz', 'ssse3', '/usr/bin/openssl dgst -sha256 -binary'],
  ])('%s with %s: %s', (model, flags, program) => { expect(choice(model, flags)).toBe(program); }); // prettier-ignore
});
