/**
 * Finds a file's SHA-256 in a list as `sha256sum` writes it: `<64 hex>  <name>` or `<64 hex> *<name>`, one a line.
 * @returns lower-case hex, or `undefined` when the list does not name the file.
 */
export function checksumFor(list: string, file: string): string | undefined {
  for (const line of list.split('\n')) {
    const [, hex, name] = /^([0-9a-f]{64})\s+\*?(\S.*?)\s*$/i.exec(line) ?? [];
    if (hex !== undefined && name === file) return hex.toLowerCase();
  }
  return undefined;
}
