import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { architectureInName, architectureNamed, ProgramTally } from '../../formats/architecture.ts';
import { elf, fileSystem } from './programs.ts';

function tallied(data: Buffer, pieces: readonly number[] = []): ProgramTally {
  const tally = new ProgramTally();
  let at = 0;
  for (const length of pieces) {
    tally.update(data.subarray(at, at + length));
    at += length;
  }
  tally.update(data.subarray(at));
  return tally;
}

const { i386, amd64, arm64, sparc64 } = elf;

describe('the programs in a file system', () => {
  test.each([
    ['amd64', fileSystem([amd64, amd64, amd64])],
    ['i386', fileSystem([i386, i386, i386, i386])],
    ['sparc64', fileSystem([sparc64, sparc64, sparc64], { bigEndian: true })],
    ['amd64', fileSystem([...Array.from({ length: 20 }, () => amd64), arm64])],
  ])('are for %s', (wanted, data) => {
    expect(tallied(data).architecture).toBe(wanted);
  });

  test.each([
    ['there are none', Buffer.alloc(100_000)],
    ['there are too few', fileSystem([amd64, amd64])],
    ['they disagree', fileSystem([amd64, amd64, amd64, i386, i386])],
    ['they are for a processor without a name here', fileSystem([999, 999, 999, 999])],
    ['they are no programs but relocatable files', fileSystem([amd64, amd64, amd64], { type: 1 })],
    [
      'they do not begin where files begin',
      Buffer.concat([Buffer.alloc(8), fileSystem([amd64, amd64, amd64])]),
    ],
  ])('tell nothing when %s', (_why, data) => {
    expect(tallied(data).architecture).toBe('');
  });

  test('tell the same however the bytes are cut into pieces', () => {
    const machine = fc.constantFrom(i386, amd64, 999);
    const cuts = fc.array(fc.nat({ max: 1500 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(machine, { maxLength: 12 }), cuts, (machines, pieces) => {
        const data = fileSystem(machines);
        expect(tallied(data, pieces).architecture).toBe(tallied(data).architecture);
      }),
    );
  });

  test('are settled once enough of them agree', () => {
    expect(tallied(fileSystem(Array.from({ length: 64 }, () => amd64))).settled).toBe(true);
    expect(tallied(fileSystem(Array.from({ length: 63 }, () => amd64))).settled).toBe(false);
    expect(tallied(fileSystem(Array.from({ length: 80 }, (_, i) => (i % 2 ? amd64 : i386)))).settled).toBe(
      false,
    );
  });
});

test.each([
  ['amd64', 'amd64'], ['x86_64', 'amd64'], ['aarch64', 'arm64'], ['i686', 'i386'], ['simulated', ''], ['', ''],
])('uname %s is %s', (said, wanted) => {
  expect(architectureNamed(said)).toBe(wanted);
}); // prettier-ignore

test.each([
  ['resflash-amd64-1906MB-com0_115200-20240930_1553.fs', 'amd64'],
  ['resflash-i386-com0-115200-20150720_0510.fs', 'i386'],
  ['edge-20261121_0900.fs', ''],
  ['edge-arm64-board.fs', ''],
])('the name %s says "%s"', (name, wanted) => {
  expect(architectureInName(name)).toBe(wanted);
});
