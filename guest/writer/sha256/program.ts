import { Assembler } from './assembler.ts';
import { compressBlock, initialState } from './rounds.ts';

const codeAt = 0x400000;
const headers = 64 + 2 * 56;
const stateAt = 0x600000;
const bufferAt = stateAt + 4096;
/** Bytes taken in at a time. */
const bufferSize = 65536;

/** Of linux/arch/x86/entry/syscalls/syscall_64.tbl */
const calls = { read: 0, write: 1, exit: 60 } as const;

/**
 * A program for Linux on x86-64 (a static ELF file, without libraries) that makes the SHA-256 state of its standard
 * input and writes its 32 bytes to standard output. The input must be padded already (FIPS 180-4, 5.1.1): whole blocks
 * of 64 bytes, any rest is ignored. Ends with 1 when reading fails.
 *
 * Why it exists: docs/guest-stand-in.md, "How fast". The same bytes on any machine.
 */
export function sha256Program(): Buffer {
  return elf(machineCode());
}

function machineCode(): Buffer {
  const code = new Assembler();
  initialState.forEach((value, i) => code.set32('rax', value).store32(stateAt + 4 * i, 'rax'));
  code.label('fill').op('xor', 'rbp', 'rbp');
  code
    .label('read')
    .op('xor', 'rax', 'rax')
    .op('xor', 'rdi', 'rdi')
    .set32('rsi', bufferAt)
    .op('add', 'rsi', 'rbp');
  code.set32('rdx', bufferSize).op('sub', 'rdx', 'rbp').syscall();
  code.op('or', 'rax', 'rax').jumpIf('sign', 'failed').jumpIf('zero', 'full');
  code.op('add', 'rbp', 'rax').set32('rdx', bufferSize).op('cmp', 'rbp', 'rdx').jumpIf('below', 'read');
  code
    .label('full')
    .set32('rsi', bufferAt)
    .op('mov', 'rdi', 'rbp')
    .op('add', 'rdi', 'rsi')
    .op('mov', 'rsp', 'rax');
  code.label('next').op('mov', 'rax', 'rsi').addNumber('rax', 63).op('cmp', 'rax', 'rdi');
  code.jumpIf('below', 'block');
  // rsp holds how much the last read gave: there is no stack.
  code.op('or', 'rsp', 'rsp').jumpIf('notZero', 'fill').jump('end');
  code.label('block');
  compressBlock(code, stateAt);
  code.addNumber('rsi', 64).jump('next');
  code.label('end');
  for (let at = stateAt; at < stateAt + 32; at += 4)
    code.load32('rax', at).swapBytes32('rax').store32(at, 'rax');
  code.set32('rax', calls.write).set32('rdi', 1).set32('rsi', stateAt).set32('rdx', 32).syscall();
  code.set32('rax', calls.exit).op('xor', 'rdi', 'rdi').syscall();
  code.label('failed').set32('rax', calls.exit).set32('rdi', 1).syscall();
  return code.bytes();
}

/** An executable of two segments, code and zeroed memory: elf(5), System V ABI. */
function elf(code: Buffer): Buffer {
  const header = Buffer.alloc(headers);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(62, 18); // EM_X86_64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(codeAt + headers), 24); // entry
  header.writeBigUInt64LE(64n, 32); // program headers
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(2, 56);
  const segment = (at: number, flags: number, address: number, inFile: number, inMemory: number): void => {
    header.writeUInt32LE(1, at); // PT_LOAD
    header.writeUInt32LE(flags, at + 4);
    header.writeBigUInt64LE(BigInt(address), at + 16);
    header.writeBigUInt64LE(BigInt(address), at + 24);
    header.writeBigUInt64LE(BigInt(inFile), at + 32);
    header.writeBigUInt64LE(BigInt(inMemory), at + 40);
    header.writeBigUInt64LE(4096n, at + 48);
  };
  segment(64, 5, codeAt, headers + code.length, headers + code.length);
  segment(120, 6, stateAt, 0, 4096 + bufferSize);
  return Buffer.concat([header, code]);
}
