import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDiskLayout } from '../../../formats/disk-layout.ts';
import { openWorkshop, type Workshop } from '../support/builds.ts';

/** Here and not among the unit tests because builds need Debian packages, once, from the network. */
let workshop: Workshop;
beforeAll(async () => { workshop = await openWorkshop(); }); // prettier-ignore
afterAll(() => workshop.close());

const script = new URL('../../../guest/appliance/build.ts', import.meta.url).pathname;
function build(out: string, arguments_: readonly string[], environment: Record<string, string> = {}): void {
  const keys = ['--keys', workshop.path('build-keys')];
  execFileSync(process.execPath, [script, '--out', workshop.path(out), ...keys, ...arguments_], {
    env: { ...process.env, ...environment },
    stdio: 'pipe',
  });
}
const digest = (path: string): string => createHash('sha512').update(readFileSync(workshop.path(path))).digest('hex'); // prettier-ignore

describe('build.ts', () => {
  it('gives the same bytes whenever and wherever it runs', () => {
    build('one', ['--version', '1'], { TZ: 'Asia/Tokyo' });
    build('two', ['--version', '1'], { TZ: 'America/Lima', LC_ALL: 'C.UTF-8' });
    for (const ending of ['img', 'img.cksum', 'img.cksum.sig', 'fs', 'fs.cksum', 'fs.cksum.sig'])
      expect(digest(`one/edge-20261121_0900.${ending}`)).toBe(digest(`two/edge-20261121_0900.${ending}`));
  });

  it('gives a disk with the layout of resflash whose slot d is the .fs', async () => {
    const img = readFileSync(workshop.path('one/edge-20261121_0900.img'));
    const fs = readFileSync(workshop.path('one/edge-20261121_0900.fs'));
    const layout = await readDiskLayout((offset, length) =>
      Promise.resolve(img.subarray(offset, offset + length)),
    );
    if (!layout.ok) throw new Error(layout.reason);
    expect(layout.value.end).toBe(img.length);
    expect(layout.value.mbr.partitions.map(({ type, active }) => [type, active])).toEqual([[0xef, false], [0, false], [0, false], [0xa6, true]]); // prettier-ignore
    const partitions = layout.value.disklabel?.partitions ?? [];
    expect(partitions.map((partition) => partition.letter).join('')).toBe('acdefi');
    const slot = (partitions.find((partition) => partition.letter === 'd')?.start ?? 0) * 512;
    expect(img.subarray(slot, slot + fs.length).equals(fs)).toBe(true);
    expect(statSync(workshop.path('one/edge-20261121_0900.img')).blocks * 512).toBeLessThan(img.length / 2);
  });

  it('writes for each file a checksum and a signature that signify accepts, with a secret key for nobody else', () => {
    for (const name of ['edge-20261121_0900.img', 'edge-20261121_0900.fs']) {
      expect(readFileSync(workshop.path(`one/${name}.cksum`), 'utf8')).toBe(
        `SHA512 (${name}) = ${digest(`one/${name}`)}\n`,
      );
      const files = ['-m', workshop.path(`one/${name}.cksum`), '-x', workshop.path(`one/${name}.cksum.sig`)];
      execFileSync('signify-openbsd', ['-V', '-p', workshop.path('build-keys/edge.pub'), ...files], {
        stdio: 'pipe',
      });
    }
    for (const secret of ['edge.sec', 'edge_ed25519'])
      expect(statSync(workshop.path(`build-keys/${secret}`)).mode & 0o777).toBe(0o600);
  });

  it('has swap when asked, and other bytes for another version', () => {
    build('three', ['--version', '2', '--swap']);
    expect(digest('three/edge-20261122_0900.fs')).not.toBe(digest('one/edge-20261121_0900.fs'));
  });

  it('says how it is used when it is used wrongly', () => {
    expect(() => { build('x', ['--version', '1', '--variant', 'perfect']); }).toThrow(/usage: build\.ts/); // prettier-ignore
  });
});
