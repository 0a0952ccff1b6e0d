/** General registers by their numbers in machine code (Intel SDM, volume 2, table 3-1). */
export const registers = {
  rax: 0, rcx: 1, rdx: 2, rbx: 3, rsp: 4, rbp: 5, rsi: 6, rdi: 7,
  r8: 8, r9: 9, r10: 10, r11: 11, r12: 12, r13: 13, r14: 14, r15: 15,
} as const; // prettier-ignore

/** A general register, 64 bits. */
export type Register = keyof typeof registers;

/** Conditions of jumps, by the low half of their opcode. */
const conditions = { below: 2, zero: 4, notZero: 5, sign: 8 } as const;

/** Operations on two registers, by opcode: the left one takes the result. */
const operations = { add: 0x03, or: 0x0b, and: 0x23, sub: 0x2b, xor: 0x33, cmp: 0x3b, mov: 0x8b } as const;

/**
 * The few instructions of x86-64 that the writer's SHA-256 is made of, as bytes. Only what every such processor has
 * (SSE2 at most). Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
 */
export class Assembler {
  readonly #bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #jumps: { readonly at: number; readonly label: string }[] = [];

  /** `left = left <operation> right`, all 64 bits. */
  op(operation: keyof typeof operations, left: Register, right: Register): this {
    return this.#instruction(true, registers[left], registers[right], [operations[operation]]);
  }

  /** `register = register rotated right`, of its low 32 bits; the high ones become zero. */
  rotate32(register: Register, by: number): this {
    return this.#instruction(false, 1, registers[register], [0xc1], by);
  }

  /** `register = register shifted right`, of its low 32 bits; the high ones become zero. */
  shift32(register: Register, by: number): this {
    return this.#instruction(false, 5, registers[register], [0xc1], by);
  }

  /** `register = -value of the bytes in the other order`, of its low 32 bits. */
  swapBytes32(register: Register): this {
    const number = registers[register];
    return this.#emit(...(number > 7 ? [0x41] : []), 0x0f, 0xc8 + (number & 7));
  }

  /** `register = number`, 32 bits without sign. */
  set32(register: Register, value: number): this {
    const number = registers[register];
    return this.#emit(...(number > 7 ? [0x41] : []), 0xb8 + (number & 7), ...int32(value));
  }

  /** `register += number`, of 64 bits; the number has 32 and a sign. */
  addNumber(register: Register, value: number): this {
    return this.#instruction(true, 0, registers[register], [0x81]).#emit(...int32(value));
  }

  /** `register = register + other + number`; changes no flags. */
  sumInto(register: Register, other: Register, value: number): this {
    const [target, index] = [registers[register], registers[other]];
    const rex = 0x48 | (target > 7 ? 5 : 0) | (index > 7 ? 2 : 0);
    return this.#emit(
      rex,
      0x8d,
      0x84 | ((target & 7) << 3),
      ((index & 7) << 3) | (target & 7),
      ...int32(value),
    );
  }

  /** `register = 32 bits at rsi + offset`. */
  loadFromRsi32(register: Register, offset: number): this {
    const number = registers[register];
    return this.#emit(...(number > 7 ? [0x44] : []), 0x8b, 0x46 | ((number & 7) << 3), offset);
  }

  /** `register = 32 bits at an address`. */
  load32(register: Register, address: number): this {
    return this.#absolute(0x8b, register, address);
  }

  /** `32 bits at an address = register`. */
  store32(address: number, register: Register): this {
    return this.#absolute(0x89, register, address);
  }

  /** `xmm<vector> = register`, of its low 32 bits. */
  toVector32(vector: number, register: Register): this {
    return this.#vector(0x6e, vector, register);
  }

  /** `register = xmm<vector>`, of its low 32 bits; the high ones become zero. */
  fromVector32(register: Register, vector: number): this {
    return this.#vector(0x7e, vector, register);
  }

  syscall(): this {
    return this.#emit(0x0f, 0x05);
  }

  /** Names this place. */
  label(name: string): this {
    this.#labels.set(name, this.#bytes.length);
    return this;
  }

  jump(label: string): this {
    return this.#emit(0xe9).#distance(label);
  }

  jumpIf(condition: keyof typeof conditions, label: string): this {
    return this.#emit(0x0f, 0x80 + conditions[condition]).#distance(label);
  }

  /** All of it; jumps to names that were never given are a mistake of the caller. */
  bytes(): Buffer {
    const bytes = Buffer.from(this.#bytes);
    for (const { at, label } of this.#jumps) {
      const target = this.#labels.get(label);
      if (target === undefined) throw new RangeError(`no label ${label}`);
      bytes.writeInt32LE(target - (at + 4), at);
    }
    return bytes;
  }

  #instruction(wide: boolean, reg: number, rm: number, opcode: readonly number[], immediate?: number): this {
    const rex = 0x40 | (wide ? 8 : 0) | (reg > 7 ? 4 : 0) | (rm > 7 ? 1 : 0);
    this.#emit(...(rex === 0x40 ? [] : [rex]), ...opcode, 0xc0 | ((reg & 7) << 3) | (rm & 7));
    return immediate === undefined ? this : this.#emit(immediate);
  }

  #absolute(opcode: number, register: Register, address: number): this {
    const number = registers[register];
    return this.#emit(
      ...(number > 7 ? [0x44] : []),
      opcode,
      0x04 | ((number & 7) << 3),
      0x25,
      ...int32(address),
    );
  }

  #vector(opcode: number, vector: number, register: Register): this {
    const number = registers[register];
    const rex = 0x40 | (vector > 7 ? 4 : 0) | (number > 7 ? 1 : 0);
    return this.#emit(
      0x66,
      ...(rex === 0x40 ? [] : [rex]),
      0x0f,
      opcode,
      0xc0 | ((vector & 7) << 3) | (number & 7),
    );
  }

  #distance(label: string): this {
    this.#jumps.push({ at: this.#bytes.length, label });
    return this.#emit(0, 0, 0, 0);
  }

  #emit(...bytes: readonly number[]): this {
    this.#bytes.push(...bytes);
    return this;
  }
}

function int32(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
}
