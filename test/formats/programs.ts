/** `e_machine` of some architectures. */
export const elf = { i386: 3, amd64: 62, arm64: 183, sparc64: 43 } as const;

/** A file system as far as the tally looks at it: 512-byte fragments, with a program in every second one. */
export function fileSystem(machines: readonly number[], { bigEndian = false, type = 2 } = {}): Buffer {
  const data = Buffer.alloc(machines.length * 1024, 0x7f);
  machines.forEach((machine, i) => {
    const at = i * 1024 + 512;
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, bigEndian ? 2 : 1, 1]).copy(data, at);
    const write = (value: number, offset: number): number =>
      bigEndian ? data.writeUInt16BE(value, at + offset) : data.writeUInt16LE(value, at + offset);
    write(type, 16);
    write(machine, 18);
  });
  return data;
}
