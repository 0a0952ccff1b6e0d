import type { Assembler, Register } from './assembler.ts';

/** First 32 bits of the fractional parts of the roots of the first primes: FIPS 180-4, 4.2.2 and 5.3.3. */
const primes = Array.from({ length: 310 }, (_, i) => i + 2).filter((n) => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
});
const roundConstants = primes.slice(0, 64).map((prime) => rootFraction(prime, 3));
/** The state before the first block. */
export const initialState: readonly number[] = primes.slice(0, 8).map((prime) => rootFraction(prime, 2));

/** In whole numbers, as floating point ones have too few digits: floor(root(prime) * 2^32) mod 2^32. */
function rootFraction(prime: number, degree: 2 | 3): number {
  const target = BigInt(prime) << BigInt(32 * degree);
  let [low, high] = [0n, 1n << 40n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

const state: readonly Register[] = ['rax', 'rbx', 'rcx', 'rdx', 'r8', 'r9', 'r10', 'r11'];
const [word, near, mixed, sum] = ['r12', 'r13', 'r14', 'rbp'] as const;
const changing: Register = 'r15';

/**
 * One block of 64 bytes at rsi into the state at an address (FIPS 180-4, 6.2.2); rsi is left, every other register
 * but rdi and rsp is used.
 *
 * Made for emulated processors (QEMU's TCG), where an access to memory costs ten instructions and makes the emulator
 * put all registers in order: the 16 words of the message schedule lie in the low parts of xmm0 to xmm15, constants in
 * the instructions. Additions and logic work on 64 bits, because the emulator would clear the upper half each time;
 * what gathers there is ignored, as rotations take the lower half alone.
 */
export function compressBlock(code: Assembler, stateAddress: number): void {
  state.forEach((register, i) => code.load32(register, stateAddress + 4 * i));
  let [a, b, c, d, e, f, g, h] = state as [Register, Register, Register, Register, Register, Register, Register, Register]; // prettier-ignore
  let [equal, spare]: [Register, Register] = [changing, sum];
  code.op('mov', equal, b).op('xor', equal, c);
  roundConstants.forEach((constant, i) => {
    if (i < 16) code.loadFromRsi32(word, 4 * i).swapBytes32(word);
    else nextWord(code, i);
    if (i < 62) code.toVector32(i % 16, word);
    code.sumInto(h, word, constant);
    rotations(code, mixed, e, [14, 5, 6]);
    code.op('add', h, mixed);
    // Choose: f where e has ones, g elsewhere
    code.op('mov', mixed, f).op('xor', mixed, g).op('and', mixed, e).op('xor', mixed, g).op('add', h, mixed);
    code.op('add', d, h);
    rotations(code, mixed, a, [9, 11, 2]);
    code.op('add', h, mixed);
    // Majority of a, b, c: b, changed where a differs from b and b from c; the latter is known from the round before
    code
      .op('mov', spare, a)
      .op('xor', spare, b)
      .op('and', equal, spare)
      .op('xor', equal, b)
      .op('add', h, equal);
    [equal, spare] = [spare, equal];
    [a, b, c, d, e, f, g, h] = [h, a, b, c, d, e, f, g];
  });
  state.forEach((register, i) => {
    code
      .load32(mixed, stateAddress + 4 * i)
      .op('add', mixed, register)
      .store32(stateAddress + 4 * i, mixed);
  });
}

/** Word i of the schedule from those 16, 15, 7 and 2 before. */
function nextWord(code: Assembler, i: number): void {
  code.fromVector32(word, i % 16);
  smallSigma(code, (i + 1) % 16, 11, 7, 3);
  smallSigma(code, (i + 14) % 16, 2, 17, 10);
  code.fromVector32(near, (i + 9) % 16).op('add', word, near);
}

/** Adds to the word: vector rotated by `second` and by `first + second`, and shifted. */
function smallSigma(code: Assembler, vector: number, first: number, second: number, shift: number): void {
  code.fromVector32(near, vector);
  code.op('mov', mixed, near).rotate32(mixed, first).op('xor', mixed, near).rotate32(mixed, second);
  code.shift32(near, shift).op('xor', mixed, near).op('add', word, mixed);
}

/** Three rotations of a register, one within the other. */
function rotations(
  code: Assembler,
  target: Register,
  source: Register,
  by: readonly [number, number, number],
): void {
  code.op('mov', target, source).rotate32(target, by[0]).op('xor', target, source).rotate32(target, by[1]);
  code.op('xor', target, source).rotate32(target, by[2]);
}
