import { access, constants } from 'node:fs/promises';
import { acceleratorUnusable } from '../../../errors/localcloud.ts';
import type { MachineType } from '../server-types.ts';
import { hostIdentity } from './host-identity.ts';
import { keepAnswer, keptAnswer, keptAnswerFile, type Accelerator } from './kept-answer.ts';
import { probeAccelerator, type Verdict } from './probe.ts';
import type { WantedAccelerator } from './wanted.ts';

type Firmware = MachineType['firmware'];

/** See `AcceleratorChoice`. */
export interface ChoiceOptions {
  /** Where answers of probes are kept until the host boots again or QEMU or its firmware changes. */
  readonly cacheFolder: string;
  readonly wanted: WantedAccelerator;
  /** For tests: the host, in place of this one. */
  readonly host?: AcceleratorHost;
}

/** What a choice depends on. */
export interface AcceleratorHost {
  /** Why `/dev/kvm` cannot even be opened; `undefined` when it can. */
  kvmMissing(): Promise<string | undefined>;
  identity(firmware: Firmware): Promise<string | undefined>;
  probe(firmware: Firmware): Promise<Verdict>;
}

const names = { bios: 'machines with a BIOS', uefi: 'machines with UEFI' } as const;
const emulated = 'processors are emulated';
/** What makes a kept answer be looked for anew; a daemon that runs keeps its own. */
const tryAgain =
  'to try KVM again: bootfleet local stop, then BOOTFLEET_ACCELERATOR=kvm bootfleet local start';

/**
 * Chooses, for each firmware, KVM where it really brings a machine to iPXE's prompt, and TCG elsewhere. Each firmware is
 * probed when it is first asked for.
 */
export class AcceleratorChoice {
  readonly #options: ChoiceOptions;
  readonly #host: AcceleratorHost;
  readonly #found = new Map<Firmware, Promise<Accelerator>>();
  /** What is known by now, for those who only look. */
  readonly #known = new Map<Firmware, Accelerator>();

  constructor(options: ChoiceOptions) {
    this.#options = options;
    this.#host = options.host ?? thisHost;
  }

  /** What machines with this firmware get. @throws BF1809 when KVM is demanded and does not work */
  async for(firmware: Firmware): Promise<Accelerator> {
    const search = this.#found.get(firmware) ?? this.#find(firmware);
    this.#found.set(firmware, search);
    let found: Accelerator;
    try {
      found = await search;
    } catch (thrown) {
      // The next one may have more luck: a full disk, say.
      if (this.#found.get(firmware) === search) this.#found.delete(firmware);
      throw thrown;
    }
    this.#known.set(firmware, found);
    if (this.#options.wanted === 'kvm' && found.kind !== 'kvm')
      throw acceleratorUnusable({
        machines: names[firmware],
        // Nothing is emulated here: it is refused.
        reason: found.reason.replace(`: ${emulated}`, ''),
      });
    return found;
  }

  /** What was found so far; nothing for a firmware that was not asked for yet. */
  known(firmware: Firmware): Accelerator | undefined {
    return this.#known.get(firmware);
  }

  /** A machine's processor died under KVM after all: from now on, also after a restart, its like are emulated. */
  async kvmDied(firmware: Firmware, why: string): Promise<Accelerator> {
    const now: Accelerator = {
      kind: 'tcg',
      reason: `KVM failed in a machine (${why}): ${emulated}; ${tryAgain}`,
    };
    this.#found.set(firmware, Promise.resolve(now));
    this.#known.set(firmware, now);
    await this.#keep(firmware, now);
    return now;
  }

  async #find(firmware: Firmware): Promise<Accelerator> {
    const { cacheFolder, wanted } = this.#options;
    if (wanted === 'tcg') return { kind: 'tcg', reason: `BOOTFLEET_ACCELERATOR asks for it: ${emulated}` };
    const missing = await this.#host.kvmMissing();
    if (missing !== undefined)
      return { kind: 'tcg', reason: `/dev/kvm cannot be used (${missing}): ${emulated}` };
    const identity = await this.#host.identity(firmware);
    const kept =
      identity === undefined ? undefined : await keptAnswer(keptAnswerFile(cacheFolder, firmware), identity);
    // Who demands KVM may have mended what made it fail.
    if (kept !== undefined && (wanted === 'auto' || kept.kind === 'kvm')) return kept;
    const verdict = await this.#host.probe(firmware);
    const found = chosen(verdict);
    if (verdict.kind !== 'unknown') await this.#keep(firmware, found);
    return found;
  }

  async #keep(firmware: Firmware, answer: Accelerator): Promise<void> {
    const identity = await this.#host.identity(firmware);
    if (identity === undefined) return;
    await keepAnswer(keptAnswerFile(this.#options.cacheFolder, firmware), identity, answer);
  }
}

/** The choice that follows from a probe under KVM. Pure. */
export function chosen(verdict: Verdict): Accelerator {
  switch (verdict.kind) {
    case 'works':
      return { kind: 'kvm', reason: 'iPXE answered a typed line under KVM' };
    case 'fails':
      return { kind: 'tcg', reason: `KVM does not work here (${verdict.problem}): ${emulated}` };
    case 'unknown':
      return { kind: 'tcg', reason: `KVM could not be tried (${verdict.problem}): ${emulated}` };
  }
}

const thisHost: AcceleratorHost = {
  kvmMissing: async () => {
    try {
      await access('/dev/kvm', constants.R_OK | constants.W_OK);
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown error';
    }
  },
  identity: hostIdentity,
  probe: (firmware) => probeAccelerator('kvm', firmware),
};
