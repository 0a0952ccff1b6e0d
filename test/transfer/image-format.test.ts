import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectFormat, foreignFormat, ForeignFormat, formatOf } from '../../transfer/image-format.ts';

test.each([
  ['xz', 'fd377a585a0000', 'edge.img.xz', 'xz -dc edge.img.xz | zstd -o edge.img.zst'],
  ['bzip2', '425a6839', 'edge.fs.bz2', 'bzip2 -dc edge.fs.bz2 | zstd -o edge.fs.zst'],
  ['zip', '504b0304', 'a b.zip', "unzip -p 'a b.zip' | zstd -o 'a b'.zst"],
  ['qcow2', '514649fb', 'edge.qcow2', 'qemu-img convert -O raw edge.qcow2 edge.raw'],
])('%s is named as what it is, with what converts it', (format, hex, file, convert) => {
  expect(foreignFormat(Buffer.from(`${hex}00000000`, 'hex'), file)).toMatchObject({ format, convert });
});

test('what counts is how the file begins, not its name', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-format-'));
  try {
    const file = path.join(folder, 'edge.img.gz');
    writeFileSync(file, Buffer.from('fd377a585a000004', 'hex'));
    await expect(detectFormat(file)).rejects.toBeInstanceOf(ForeignFormat);
    writeFileSync(file, '');
    expect(await detectFormat(file)).toBe('raw');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('any first bytes have a format', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10 }), (bytes) => {
      expect(['raw', 'gzip', 'zstd']).toContain(formatOf(bytes));
      expect(['string', 'undefined']).toContain(typeof foreignFormat(bytes, 'x')?.convert);
    }),
  );
});
