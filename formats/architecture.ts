/**
 * Names of processor architectures as OpenBSD's `uname -m` gives them. Empty stands for unknown: such a one equals
 * nothing and differs from nothing.
 */
export type Architecture = 'amd64' | 'arm64' | 'armv7' | 'i386' | 'powerpc64' | 'riscv64' | 'sparc64' | '';

/** `e_machine` of ELF programs. Source: System V ABI, chapter 4, and its processor supplements. */
const machines: Readonly<Record<number, Architecture>> = {
  3: 'i386',
  21: 'powerpc64',
  40: 'armv7',
  43: 'sparc64',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
};

/** Other names of the same: what Linux says. */
const others: Readonly<Record<string, Architecture>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'armv7',
  i486: 'i386',
  i586: 'i386',
  i686: 'i386',
  ppc64: 'powerpc64',
  ppc64le: 'powerpc64',
};

const known = new Set<string>(Object.values(machines));

/** The architecture that a machine's `uname -m` names. @example architectureNamed('x86_64') // 'amd64' */
export function architectureNamed(name: string): Architecture {
  const lower = name.trim().toLowerCase();
  return known.has(lower) ? (lower as Architecture) : (others[lower] ?? '');
}

/**
 * The architecture in a file name as resflash makes them: `resflash-amd64-...`. Other names say nothing, whatever words
 * are in them.
 *
 * @example architectureInName('resflash-amd64-1906MB-com0_115200-20240930_1553.fs') // 'amd64'
 */
export function architectureInName(fileName: string): Architecture {
  return architectureNamed(/^resflash-([a-z0-9]+)-/.exec(fileName)?.[1] ?? '');
}

/** Bytes of an ELF header up to and with `e_version`. */
const headerBytes = 24;
/** Where files may begin: the smallest fragment of FFS; ext2 has larger blocks. */
const step = 512;
/** Programs after which the answer is taken when they agree. */
const enough = 64;
/** Fewest programs that say anything: one alone may be firmware or data. */
const fewest = 3;
/** Share that must agree: a file system also holds firmware for other processors. */
const agreeing = 0.9;

/**
 * Tells for which architecture the programs in a file system are, from the file system's bytes alone: a file begins at
 * a block, so an ELF program's header stands at a multiple of 512 bytes. That holds for OpenBSD's FFS and for ext2, and
 * needs no reading of directories.
 */
export class ProgramTally {
  readonly #counts = new Map<Architecture, number>();
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes that come before the next place where a header may be. */
  #skip = 0;
  #programs = 0;

  /** Takes the next bytes of the file system, in pieces of any length. */
  update(bytes: Buffer): void {
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = this.#skip;
    for (; at + headerBytes <= data.length; at += step) {
      const found = programAt(data, at);
      if (found === undefined) continue;
      this.#programs += 1;
      this.#counts.set(found, (this.#counts.get(found) ?? 0) + 1);
    }
    this.#rest = Buffer.from(data.subarray(Math.min(at, data.length)));
    this.#skip = Math.max(0, at - data.length);
  }

  /** True when reading on would hardly change the answer. */
  get settled(): boolean {
    return this.#programs >= enough && this.#majority() !== '';
  }

  /** Empty when there are too few programs, or programs for several architectures. */
  get architecture(): Architecture {
    return this.#programs < fewest ? '' : this.#majority();
  }

  #majority(): Architecture {
    for (const [name, count] of this.#counts) if (count >= this.#programs * agreeing) return name;
    return '';
  }
}

/** The architecture of a program whose header is there; undefined when none is. */
function programAt(data: Buffer, at: number): Architecture | undefined {
  if (data.readUInt32BE(at) !== 0x7f454c46) return undefined;
  const [width = 0, order = 0, version = 0] = data.subarray(at + 4, at + 7);
  if (width < 1 || width > 2 || order < 1 || order > 2 || version !== 1) return undefined;
  const word = (offset: number): number =>
    order === 1 ? data.readUInt16LE(at + offset) : data.readUInt16BE(at + offset);
  const type = word(16);
  // Programs and libraries; relocatable files are often firmware.
  if (type !== 2 && type !== 3) return undefined;
  return machines[word(18)] ?? '';
}
