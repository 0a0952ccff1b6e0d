import { createHash } from 'node:crypto';

/** SSH host keys as text, as OpenSSH writes them (`ssh-ed25519 <base64>`). Pure. */

/** The text of a key as it came over the wire. Source: RFC 4253, section 6.6 (string type, then the key's parts). */
export function hostKeyText(wire: Uint8Array): string {
  const bytes = Buffer.from(wire);
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  const type = bytes.subarray(4, 4 + length).toString('latin1');
  return `${type} ${bytes.toString('base64')}`;
}

/** Type and base64 of a key, without a comment; `undefined` when it is not a key. */
export function parseHostKey(text: string): { readonly type: string; readonly base64: string } | undefined {
  const match = /^\s*([a-z0-9@.-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s.*)?$/.exec(text);
  const [, type = '', base64 = ''] = match ?? [];
  if (match === null || !hostKeyText(Buffer.from(base64, 'base64')).startsWith(`${type} `)) return undefined;
  return { type, base64 };
}

/** True when both are the same key, whatever their comments. */
export function sameHostKey(one: string, other: string): boolean {
  const a = parseHostKey(one);
  const b = parseHostKey(other);
  return a !== undefined && a.type === b?.type && a.base64 === b.base64;
}

/** The fingerprint as `ssh-keygen -l` shows it. Example: `SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU`. */
export function fingerprint(text: string): string {
  const key = parseHostKey(text);
  if (key === undefined) return '(not a key)';
  const digest = createHash('sha256').update(Buffer.from(key.base64, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** Signature algorithms that a server may use for a key of this type. Source: RFC 8332 for `ssh-rsa`. */
export function signatureAlgorithms(type: string): readonly string[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type];
}
