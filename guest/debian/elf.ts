/**
 * The shared libraries that an ELF program names (DT_NEEDED), and its loader (PT_INTERP) as an absolute path.
 * Empty for anything that is not a 64-bit little-endian ELF file.
 * Source: System V ABI, chapters 4 and 5 (program header, dynamic section).
 */
export function parseNeeded(file: Buffer): {
  readonly libraries: readonly string[];
  readonly loader?: string;
} {
  const nothing = { libraries: [] };
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    return nothing;
  const tableAt = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  const count = file.readUInt16LE(56);
  if (size < 56 || tableAt + size * count > file.length) return nothing;
  const segments = Array.from({ length: count }, (_, i) => {
    const at = tableAt + i * size;
    const word = (field: number): number => Number(file.readBigUInt64LE(at + field));
    return { type: file.readUInt32LE(at), offset: word(8), address: word(16), size: word(32) };
  });
  const offsetOf = (address: number): number | undefined => {
    const home = segments.find((s) => s.type === 1 && address >= s.address && address < s.address + s.size);
    return home && home.offset + address - home.address;
  };
  const text = (at: number): string => {
    const end = file.indexOf(0, at);
    return file.toString('latin1', at, end < 0 ? file.length : end);
  };
  const interpreter = segments.find((segment) => segment.type === 3);
  const loader = interpreter && { loader: text(interpreter.offset) };
  const dynamic = segments.find((segment) => segment.type === 2);
  if (!dynamic || dynamic.offset + dynamic.size > file.length) return { libraries: [], ...loader };
  const names: number[] = [];
  let strings: number | undefined;
  for (let at = dynamic.offset; at + 16 <= dynamic.offset + dynamic.size; at += 16) {
    const tag = Number(file.readBigUInt64LE(at));
    const value = Number(file.readBigUInt64LE(at + 8));
    if (tag === 0) break;
    if (tag === 1) names.push(value);
    if (tag === 5) strings = offsetOf(value);
  }
  if (strings === undefined) return { libraries: [], ...loader };
  const base = strings;
  return { libraries: names.map((name) => text(base + name)), ...loader };
}
