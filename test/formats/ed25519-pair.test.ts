import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { ed25519Pair } from '../../formats/ed25519-pair.ts';

test('a pair that cannot be read is not given out', () => {
  const good = ed25519Pair('edge');
  expect(good.public).toMatch(/^ssh-ed25519 \S+ edge$/);
  const key = ssh2.utils.parseKey(good.private);
  if (key instanceof Error) throw key;
  const short = { ...good, private: good.private.replace(/\n(.{60}).{4}/, '\n$1') };
  expect(ssh2.utils.parseKey(short.private)).toBeInstanceOf(Error);
  const made = [short, short, good];
  expect(ed25519Pair('edge', () => made.shift() ?? good)).toBe(good);
  expect(() => ed25519Pair('edge', () => short)).toThrow('no Ed25519 key');
});
