import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { looksSigned, parsePublicKey, parseSignature, refuseSignature } from '../../transfer/signature.ts';

/** Files as signify(1) writes them, made here from its description of the format. */
function signifyFiles(message: Uint8Array, keyNumber = '0011223344556677'): { key: Buffer; sig: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
  const file = (comment: string, body: Uint8Array): Buffer => {
    const bytes = Buffer.concat([Buffer.from('Ed'), Buffer.from(keyNumber, 'hex'), body]);
    return Buffer.from(`untrusted comment: ${comment}\n${bytes.toString('base64')}\n`);
  };
  return {
    key: file('edge public key', raw),
    sig: file('verify with edge.pub', sign(null, message, privateKey)),
  };
}

describe('a signature of signify', () => {
  const message = Buffer.from('SHA512 (edge.fs) = 00\n');

  test('is valid for its message', () => {
    const { key, sig } = signifyFiles(message);
    expect(refuseSignature(message, parseSignature(sig), parsePublicKey(key))).toBeUndefined();
  });

  test('is not valid for any other message', () => {
    const { key, sig } = signifyFiles(message);
    fc.assert(
      fc.property(fc.nat({ max: message.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Buffer.from(message);
        altered[at] = (altered[at] ?? 0) ^ change;
        expect(refuseSignature(altered, parseSignature(sig), parsePublicKey(key))).toMatch(/does not match/);
      }),
    );
  });

  test('of another key is refused, by its number or by the mathematics', () => {
    const { sig } = signifyFiles(message);
    expect(refuseSignature(message, parseSignature(sig), parsePublicKey(signifyFiles(message).key))).toMatch(
      /does not match/,
    );
    const other = parsePublicKey(signifyFiles(message, 'ffffffffffffffff').key);
    expect(refuseSignature(message, parseSignature(sig), other)).toMatch(/made with key 0011223344556677/);
  });

  test('may carry its message', () => {
    const { key, sig } = signifyFiles(message);
    const signature = parseSignature(Buffer.concat([sig, message]));
    expect(Buffer.from(signature.embedded)).toEqual(message);
    expect(refuseSignature(signature.embedded, signature, parsePublicKey(key))).toBeUndefined();
  });

  const crlf = (bytes: Uint8Array): Buffer =>
    Buffer.from(Buffer.from(bytes).toString().replaceAll('\n', '\r\n'));

  test('and its key may have CRLF at the ends of their lines, as git makes them on Windows', () => {
    const { key, sig } = signifyFiles(message);
    expect(refuseSignature(message, parseSignature(crlf(sig)), parsePublicKey(crlf(key)))).toBeUndefined();
  });

  test('over lines that got CRLF later is not valid, and the reason is told', () => {
    const { key, sig } = signifyFiles(message);
    expect(refuseSignature(crlf(message), parseSignature(sig), parsePublicKey(key))).toMatch(
      /made CRLF of them/,
    );
  });

  test.each([
    ['something else', 'SHA512 (edge.fs) = 00\n', /untrusted comment/],
    ['a lone comment', 'untrusted comment: x', /comment has no end/],
    ['no base64', 'untrusted comment: x\nnot base64!\n', /not base64/],
    ['another algorithm', `untrusted comment: x\n${Buffer.alloc(74).toString('base64')}\n`, /not Ed25519/],
    ['a key for a signature', signifyFiles(message).key.toString(), /not a signature/],
  ])('%s is refused with the reason', (_name, text, reason) => {
    expect(() => parseSignature(Buffer.from(text))).toThrow(reason);
  });

  test('never breaks on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const file = Buffer.concat([Buffer.from('untrusted comment: '), bytes]);
        expect(looksSigned(file)).toBe(true);
        expect(() => parseSignature(file)).toThrow(Error);
      }),
    );
  });
});

const signify = ['/usr/bin/signify-openbsd', '/usr/bin/signify'].find((program) => existsSync(program));

describe.skipIf(signify === undefined)('files made by signify itself', () => {
  let folder = '';
  const at = (name: string): string => path.join(folder, name);
  const read = (name: string): Buffer => readFileSync(at(name));

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-signify-'));
    writeFileSync(at('edge.fs.cksum'), `SHA512 (edge.fs) = ${'00'.repeat(64)}\n`);
    const run = (...args: string[]) => execa(signify ?? '', args, { cwd: folder });
    await run('-G', '-n', '-p', 'edge.pub', '-s', 'edge.sec');
    await run('-S', '-s', 'edge.sec', '-m', 'edge.fs.cksum', '-x', 'detached.sig');
    await run('-S', '-e', '-s', 'edge.sec', '-m', 'edge.fs.cksum', '-x', 'embedded.sig');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('a detached signature', () => {
    const signature = parseSignature(read('detached.sig'));
    expect(
      refuseSignature(read('edge.fs.cksum'), signature, parsePublicKey(read('edge.pub'))),
    ).toBeUndefined();
  });

  test('an embedded signature', () => {
    const signature = parseSignature(read('embedded.sig'));
    expect(Buffer.from(signature.embedded)).toEqual(read('edge.fs.cksum'));
    expect(refuseSignature(signature.embedded, signature, parsePublicKey(read('edge.pub')))).toBeUndefined();
  });

  test('the secret key is not taken for a public one', () => {
    expect(() => parsePublicKey(read('edge.sec'))).toThrow(/not a public key/);
  });
});
