import { createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import { notParsed, parsed, type Parsed } from './parsed.ts';

/** What keeps a private key from being used, beside what `reason` says. */
export type KeyTrouble = 'public' | 'passphrase' | 'format';

/** A key that is read, or why not. */
export type ParsedKeyFile =
  Parsed<Buffer> | (ReturnType<typeof notParsed> & { readonly trouble: KeyTrouble });

const refuse = (trouble: KeyTrouble, reason: string): ParsedKeyFile => ({ ...notParsed(reason), trouble });

/**
 * Reads a file with a private SSH key and gives it in a form that ssh2 reads: OpenSSH's own, PKCS#1 and SEC 1 (RSA, EC)
 * as they are, and PKCS#8, as openssl(1) writes it, made into one of them. Pure.
 */
export function parsePrivateKey(content: Buffer): ParsedKeyFile {
  const text = content.toString('latin1');
  if (text.trim() === '') return refuse('format', 'it is empty');
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(text))
    return refuse('passphrase', 'it has a passphrase');
  if (/^-----BEGIN (PUBLIC KEY|CERTIFICATE|RSA PUBLIC KEY)-----/m.test(text))
    return refuse('public', 'it is a public key');
  if (/^-----BEGIN PRIVATE KEY-----/m.test(text)) return fromPkcs8(content);
  const found = ssh2.utils.parseKey(content);
  if (found instanceof Error) {
    if (/encrypted|passphrase/i.test(found.message)) return refuse('passphrase', 'it has a passphrase');
    const kind = text.startsWith('PuTTY-User-Key-File-3')
      ? 'it is a key of PuTTY in its third format'
      : found.message;
    return refuse('format', kind);
  }
  const [key] = Array.isArray(found) ? (found as ssh2.ParsedKey[]) : [found];
  if (key === undefined) return refuse('format', 'it holds no key');
  return key.isPrivateKey() ? parsed(content) : refuse('public', 'it is a public key');
}

function fromPkcs8(content: Buffer): ParsedKeyFile {
  let key: KeyObject;
  try {
    key = createPrivateKey(content);
  } catch (error) {
    return refuse('format', `its PKCS#8 is damaged (${(error as Error).message})`);
  }
  const type = key.asymmetricKeyType;
  if (type === 'ed25519') return parsed(openSshEd25519(key));
  const pem =
    type === 'rsa'
      ? key.export({ type: 'pkcs1', format: 'pem' })
      : type === 'ec'
        ? key.export({ type: 'sec1', format: 'pem' })
        : '';
  if (pem === '' || ssh2.utils.parseKey(pem) instanceof Error)
    return refuse('format', `SSH has no keys of its type (${type ?? 'unknown'})`);
  return parsed(Buffer.from(pem));
}

/** An Ed25519 key as `openssh-key-v1`, without passphrase. Source: PROTOCOL.key of OpenSSH. */
function openSshEd25519(key: KeyObject): Buffer {
  const { d = '', x = '' } = key.export({ format: 'jwk' }) as { d?: string; x?: string };
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const text = (bytes: string | Buffer): Buffer => {
    const content = Buffer.from(bytes);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
  };
  const publicKey = Buffer.concat([text('ssh-ed25519'), text(point)]);
  // Two equal numbers, the key, an empty comment, and padding to a multiple of eight: 1, 2, 3 and so on.
  const check = Buffer.alloc(8);
  const inner = Buffer.concat([check, publicKey, text(Buffer.concat([seed, point])), text('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, at) => at + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    one,
    text(publicKey),
    text(Buffer.concat([inner, padding])),
  ]);
  const lines = whole.toString('base64').replaceAll(/.{1,70}/g, '$&\n');
  return Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}-----END OPENSSH PRIVATE KEY-----\n`);
}
