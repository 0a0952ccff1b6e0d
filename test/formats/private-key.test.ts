import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519Pair } from '../../formats/ed25519-pair.ts';
import { parsePrivateKey } from '../../formats/private-key.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const openssh = ed25519Pair('test');

/** Type of a key as ssh2 reads what was made of it. */
function typeOf(content: string): string {
  const found = parsePrivateKey(Buffer.from(content));
  if (!found.ok) return found.reason;
  const key = ssh2.utils.parseKey(found.value);
  if (key instanceof Error) return key.message;
  return `${key.type} ${key.verify('text', key.sign('text')) ? 'signs' : 'does not sign'}`;
}

describe('a private key', () => {
  test.each([
    ["OpenSSH's own", openssh.private, 'ssh-ed25519'],
    ["OpenSSH's own with CRLF", openssh.private.replaceAll('\n', '\r\n'), 'ssh-ed25519'],
    ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }), 'ssh-rsa'],
    ['SEC 1', ec.privateKey.export({ type: 'sec1', format: 'pem' }), 'ecdsa-sha2-nistp256'],
    ['PKCS#8 of openssl: RSA', rsa.privateKey.export(pkcs8), 'ssh-rsa'],
    ['PKCS#8 of openssl: EC', ec.privateKey.export(pkcs8), 'ecdsa-sha2-nistp256'],
    ['PKCS#8 of openssl: Ed25519', ed.privateKey.export(pkcs8), 'ssh-ed25519'],
  ])('%s is taken', (_form, content, type) => {
    expect(typeOf(String(content))).toBe(`${type} signs`);
  });

  test.each([
    ['the public half', openssh.public, 'public'],
    ['a public key of openssl', String(rsa.publicKey.export({ type: 'spki', format: 'pem' })), 'public'],
    [
      'PKCS#8 with a passphrase',
      String(ec.privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'x' })),
      'passphrase',
    ],
    [
      'PKCS#1 with a passphrase',
      String(rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })),
      'passphrase',
    ],
    [
      "OpenSSH's own with a passphrase",
      ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 }).private,
      'passphrase',
    ],
    ['nothing', '\n', 'format'],
    ['a key for something else', String(generateKeyPairSync('x25519').privateKey.export(pkcs8)), 'format'],
    ['damaged PKCS#8', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'format'],
  ])('%s is refused for what it is', (_form, content, trouble) => {
    expect(parsePrivateKey(Buffer.from(content))).toMatchObject({ ok: false, trouble });
  });

  test('altered or cut is read or refused, and nothing else', () => {
    const keys = [openssh.private, String(ec.privateKey.export(pkcs8)), String(ed.privateKey.export(pkcs8))];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(), fc.nat(), fc.nat(255), (text, at, length, byte) => {
        const bytes = Buffer.from(text).subarray(0, length % (text.length + 1));
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        const found = parsePrivateKey(bytes);
        expect(found.ok ? 'read' : found.reason).not.toBe('');
      }),
    );
  });
});
