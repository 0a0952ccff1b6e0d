import { createHash } from 'node:crypto';
import os from 'node:os';
import type { Cloud } from '../../../clouds/cloud.ts';
import { BootfleetError, summaryOf } from '../../../errors/error.ts';
import { machineLocked } from '../../../errors/rollout.ts';
import type { ConfirmedImage } from '../../../transfer/delta/send-image.ts';
import type { askAgent } from '../../../transfer/target/agent.ts';
import type { AgentArguments } from '../../../transfer/target/program.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { relativePath } from '../../relative-path.ts';
import { healthOf } from '../health/check-health.ts';
import type { KnownInputs, SlotUpgradeInputs } from './args.ts';
import { lockOwner } from './lock-owner.ts';
import { MachineConnection } from './machine-connection.ts';
import { MachineTrouble, type Moved, type UpgradeMachine } from './machine.ts';
import type { Observation, SlotLetter, Wanted } from './observation.ts';
import { parseObservation, type MachineMeans } from './parse-observation.ts';
import { failBackAtPrompt, rebootAndWatch, type RebootTools } from './reboot.ts';
import { sendToSlot } from './send.ts';
import { whySilent } from './why-silent.ts';

/** What an `SshMachine` is made of. */
export interface SshMachineOptions {
  readonly inputs: KnownInputs;
  readonly stack: string;
  readonly connectCloud: () => Promise<Cloud>;
  readonly progress: (text: string) => void;
  /** Ends a transfer cleanly (Ctrl-C). */
  readonly signal?: AbortSignal | undefined;
}

/** A real machine: over SSH while it answers, over its serial console and its cloud's power button when it does not. */
export class SshMachine implements UpgradeMachine {
  readonly #options: SshMachineOptions;
  readonly #deadlines: SlotUpgradeInputs['policy']['deadlines'];
  readonly #connection: MachineConnection;
  readonly #lock: { id: string; owner: string; host: string };
  #confirmed: ConfirmedImage | undefined;
  #seen: Observation | undefined;
  #means: MachineMeans = { unpacks: false, hashRate: 20e6 };
  #transcript = '';

  constructor(options: SshMachineOptions) {
    this.#options = options;
    this.#deadlines = options.inputs.policy.deadlines;
    this.#connection = new MachineConnection(options.inputs);
    // The same checkout takes its own lock back at once; anybody else waits until it is stale.
    const id = createHash('sha256')
      .update(`${os.hostname()}\n${process.cwd()}\n${options.stack}`)
      .digest('hex');
    this.#lock = { id: id.slice(0, 32), owner: lockOwner(), host: os.hostname() };
  }

  get transcript(): string {
    return relativePath(this.#transcript === '' ? undefined : this.#transcript);
  }

  async observe(): Promise<Observation> {
    try {
      return await this.#observe(Deadline.after(this.#deadlines.contact));
    } catch (error) {
      throw await whySilent(this.#options.inputs, error, this.#options.connectCloud);
    }
  }

  async lock(): Promise<string> {
    const { machine, policy } = this.#options.inputs;
    try {
      const [answer] = await this.#ask('lock', {
        ...this.#lock,
        time: new Date().toISOString(),
        stale: policy.lockTimeout,
      });
      return answer?.get('broken') ?? '';
    } catch (error) {
      if (error instanceof BootfleetError && error.facts['reason'] === 'locked') {
        throw machineLocked({ machine, holder: String(error.facts['detail']) }, { cause: error });
      }
      throw error;
    }
  }

  async unlock(): Promise<void> {
    await this.#ask('unlock', this.#lock);
  }

  async nameNext(slot: SlotLetter): Promise<void> {
    await this.#ask('next', { slot });
  }

  async identify(slot: SlotLetter, { sha256, bytes }: Wanted): Promise<boolean> {
    const deadline = Deadline.after(this.#deadlines.transfer);
    const [answer] = await this.#ask('identify', { slot, sha256, bytes }, deadline);
    return answer?.get('same') === '1';
  }

  async compare(slot: SlotLetter, wanted: Wanted): Promise<boolean> {
    const deadline = Deadline.after(this.#deadlines.transfer);
    const [answer] = await this.#ask('compare', { slot, sha256: wanted.sha256 }, deadline);
    return answer?.get('same') === '1';
  }

  async transfer(slot: SlotLetter, onWire: (bytes: number) => void): Promise<Moved> {
    const { inputs, signal, progress } = this.#options;
    const sent = await sendToSlot({
      inputs,
      slot,
      lock: this.#lock,
      means: this.#means,
      running: this.#seen,
      deadline: Deadline.after(this.#deadlines.transfer, signal),
      signal,
      progress,
      onWire,
      connect: (deadline) => this.#connection.target(deadline),
      drop: () => this.#connection.drop(),
    });
    this.#confirmed = sent.confirmed;
    return sent.moved;
  }

  async release(): Promise<void> {
    const confirmed = this.#confirmed;
    if (!confirmed) throw new MachineTrouble('nothing was sent', { reachable: true, undone: true });
    this.#confirmed = undefined;
    try {
      await confirmed.release();
    } catch (error) {
      const reason = error instanceof BootfleetError ? error.facts['reason'] : undefined;
      if (reason === 'upgrade-failed')
        throw new MachineTrouble(
          (error as BootfleetError).summary,
          { reachable: true, undone: true },
          { cause: error },
        );
      await this.#howItEnded(error);
    }
  }

  async reboot(): Promise<Observation> {
    const before = this.#seen;
    return rebootAndWatch(this.#tools(), {
      deadline: Deadline.after(this.#deadlines.boot),
      before: before?.bootId ?? '',
      order: () => this.#ask('reboot', {}),
    });
  }

  async checkHealth(): Promise<void> {
    const { inputs, connectCloud, progress } = this.#options;
    await healthOf({
      machine: inputs.machine,
      target: inputs.target,
      checks: inputs.policy.health,
      deadline: Deadline.after(this.#deadlines.health),
      session: (deadline) => this.#connection.session(deadline),
      cloud: connectCloud,
      progress,
    });
  }

  async recordProven(slot: SlotLetter): Promise<void> {
    await this.#ask('proven', { slot });
  }

  async failBack(slot: SlotLetter, by: 'ssh' | 'console'): Promise<Observation> {
    const deadline = Deadline.after(this.#deadlines.failBack);
    if (by === 'console') {
      await this.#connection.drop();
      await failBackAtPrompt(this.#tools(), slot, deadline);
      await this.nameNext(slot);
      return this.#observe(deadline);
    }
    await this.nameNext(slot);
    const seen = await this.#observe(deadline);
    if (seen.running === slot) return seen;
    return rebootAndWatch(this.#tools(), {
      deadline,
      before: seen.bootId,
      order: () => this.#ask('reboot', {}),
    });
  }

  async restoreLoaders(): Promise<Observation> {
    await this.#ask('loaders', {});
    return this.observe();
  }

  async close(): Promise<void> {
    await this.#confirmed?.abandon().catch(() => undefined);
    this.#confirmed = undefined;
    await this.#connection.drop();
  }

  /** After a connection that broke behind the release: the machine finishes by itself; it is asked how that went. */
  async #howItEnded(error: unknown): Promise<void> {
    await this.#connection.drop();
    const { found } = this.#options.inputs;
    const before = this.#seen;
    const seen = await this.#observe(Deadline.after(this.#deadlines.failBack)).catch((gone: unknown) => {
      throw new MachineTrouble((gone as Error).message, { reachable: false }, { cause: error });
    });
    const record = seen.slots.find(({ letter }) => letter !== before?.running)?.record;
    if (record?.state === 'complete' && record.sha256 === found.sha256 && seen.next !== before?.running)
      return;
    const why = summaryOf(error);
    throw new MachineTrouble(
      why,
      { reachable: true, undone: seen.next === before?.running },
      { cause: error },
    );
  }

  async #observe(deadline: Deadline): Promise<Observation> {
    const { seen, means } = parseObservation(await this.#ask('observe', {}, deadline));
    this.#seen = seen;
    this.#means = means;
    return seen;
  }

  #ask(command: string, given: AgentArguments, deadline?: Deadline): ReturnType<typeof askAgent> {
    return this.#connection.ask(command, given, deadline ?? Deadline.after(this.#deadlines.contact));
  }

  #tools(): RebootTools {
    const { inputs, stack, connectCloud, progress } = this.#options;
    return {
      machine: inputs.machine,
      server: inputs.target.server,
      stack,
      cloud: connectCloud,
      progress,
      drop: () => this.#connection.drop(),
      observe: (deadline) => this.#observe(deadline),
      onTranscript: (file) => {
        this.#transcript = file ?? '';
      },
    };
  }
}
