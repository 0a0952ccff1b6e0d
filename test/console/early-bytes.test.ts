import { expect, test } from 'vitest';
import { EarlyBytes } from '../../console/early-bytes.ts';

test('what arrived before the first listener is for it: the newest mebibyte, in order, however small the pieces', () => {
  const bytes = new EarlyBytes();
  const all = Buffer.alloc(1024 * 1024 + 300_000, 0);
  for (let at = 0; at < all.length; at += 1) all[at] = at % 251;
  for (const byte of all) bytes.push(Uint8Array.of(byte));
  const heard: Uint8Array[] = [];
  bytes.listen((piece) => heard.push(piece));
  expect(Buffer.concat(heard).equals(all.subarray(-1024 * 1024))).toBe(true);
  bytes.push(Uint8Array.of(7));
  expect(heard.at(-1)).toEqual(Uint8Array.of(7));
});
