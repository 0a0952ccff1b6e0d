import { summaryOf } from '../../../errors/error.ts';
import { HeldLock } from './held-lock.ts';
import { MachineTrouble, type UpgradeMachine } from './machine.ts';
import type { Observation } from './observation.ts';
import type { Outcome, Phase } from './outcome.ts';
import { advance, startUpgrade } from './state-machine.ts';
import type { Command, Event, UpgradeGoal } from './upgrade-state.ts';

/** How an upgrade ended and what it took; see `runUpgrade`. */
export interface UpgradeReport {
  readonly outcome: Outcome;
  /** Why, for anything but success. */
  readonly why: string;
  /** Build before and after; empty when it could not be asked. */
  readonly from: string;
  readonly to: string;
  /** Slot that runs at the end; empty when it could not be asked. */
  readonly slot: string;
  /** Bytes over the wire, of all attempts. */
  readonly bytes: number;
  /** How the image was sent; empty when it was not. */
  readonly mode: string;
  /** Seconds for each phase that took place. Phases do not overlap. */
  readonly seconds: Readonly<Partial<Record<Phase, number>>>;
  /** A stale lock that was broken, in words; empty when none was. */
  readonly brokenLock: string;
}

/** What `runUpgrade` tells while it works. */
export interface UpgradeEvents {
  /** Begins a phase. Shown as progress. */
  readonly onStep?: (text: string) => void;
  /** The machine as it answers, each time that it is asked what it runs. */
  readonly onSeen?: (seen: Observation) => void;
  /** No new step is begun before activation once this fires (Ctrl-C). */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Upgrades one machine: the state machine decides, the machine does. Never throws for what a machine does wrong: that
 * is an outcome. The lock is given back at the end, but for a machine that cannot be reached: there it becomes stale.
 */
export async function runUpgrade(
  machine: UpgradeMachine,
  goal: UpgradeGoal,
  events: UpgradeEvents = {},
): Promise<UpgradeReport> {
  const run = new UpgradeRun(machine, goal, events);
  return run.toEnd();
}

class UpgradeRun {
  readonly #machine: UpgradeMachine;
  readonly #goal: UpgradeGoal;
  readonly #events: UpgradeEvents;
  readonly #lock: HeldLock;
  readonly #seconds: Partial<Record<Phase, number>> = {};
  #first: Observation | undefined;
  #last: Observation | undefined;
  #bytes = 0;
  #mode = '';
  #brokenLock = '';

  constructor(machine: UpgradeMachine, goal: UpgradeGoal, events: UpgradeEvents) {
    this.#machine = machine;
    this.#lock = new HeldLock(machine);
    this.#goal = goal;
    this.#events = events;
  }

  async toEnd(): Promise<UpgradeReport> {
    let { state, command } = startUpgrade(this.#goal);
    try {
      while (command && command.type !== 'finish') {
        const event = await this.#attempt(command);
        ({ state, command } = advance(state, event));
      }
      if (command?.type !== 'finish') throw new Error(`the upgrade stopped at step ${state.step}`);
      return this.#report(command.outcome, command.why);
    } finally {
      await this.#leave();
    }
  }

  async #attempt(command: Command): Promise<Event> {
    const begun = performance.now();
    const phase = phaseOf(command);
    try {
      if (this.#events.signal?.aborted && isBeforeActivation(command)) throw new Error('interrupted');
      if (phase) this.#events.onStep?.(textOf(command));
      return await this.#do(command);
    } catch (error) {
      return failureOf(error);
    } finally {
      if (phase) this.#took(phase, (performance.now() - begun) / 1000);
    }
  }

  #took(phase: Phase, seconds: number): void {
    if (seconds !== 0) this.#seconds[phase] = (this.#seconds[phase] ?? 0) + seconds;
  }

  async #do(command: Command): Promise<Event> {
    const machine = this.#machine;
    switch (command.type) {
      case 'observe':
        return { type: 'observed', seen: this.#saw(await machine.observe()) };
      case 'lock':
        this.#brokenLock = await this.#lock.take();
        return { type: 'locked' };
      case 'identify':
        return {
          type: 'identified',
          slot: command.slot,
          same: await machine.identify(command.slot, this.#goal.wanted),
        };
      case 'repair':
        await machine.nameNext(command.slot);
        return { type: 'repaired' };
      case 'compare':
        return {
          type: 'compared',
          slot: command.slot,
          same: await machine.compare(command.slot, this.#goal.wanted),
        };
      case 'transfer': {
        const moved = await machine.transfer(command.slot, (bytes) => {
          this.#bytes += bytes;
        });
        this.#mode = moved.mode;
        // Phases do not overlap: what reading the slots took is no part of the transfer.
        this.#took('index', moved.seconds.index);
        this.#took('transfer', -moved.seconds.index);
        return { type: 'confirmed', slot: command.slot, sha256: moved.sha256 };
      }
      case 'release':
        await machine.release();
        return { type: 'written', slot: command.slot };
      case 'switch':
        await machine.nameNext(command.slot);
        return { type: 'switched', slot: command.slot };
      case 'reboot':
        return { type: 'booted', seen: this.#saw(await machine.reboot()) };
      case 'check-health':
        await machine.checkHealth();
        return { type: 'healthy' };
      case 'record-proven':
        await machine.recordProven(this.#last?.running ?? '');
        return { type: 'recorded' };
      case 'fail-back':
        return { type: 'failed-back', seen: this.#saw(await machine.failBack(command.slot, command.by)) };
      case 'restore-loaders':
        return { type: 'restored', seen: this.#saw(await machine.restoreLoaders()) };
      case 'finish':
        throw new Error('finish is no effect');
    }
  }

  #saw(seen: Observation): Observation {
    this.#first ??= seen;
    this.#last = seen;
    this.#events.onSeen?.(seen);
    return seen;
  }

  #report(outcome: Outcome, why: string): UpgradeReport {
    const known = outcome === 'stuck' || outcome === 'held' ? undefined : this.#last;
    return {
      outcome,
      why,
      from: this.#first?.build ?? '',
      to: known?.build ?? '',
      slot: known?.running ?? '',
      bytes: this.#bytes,
      mode: this.#mode,
      seconds: Object.fromEntries(
        Object.entries(this.#seconds).map(([phase, s]) => [phase, Math.round(s * 1000) / 1000]),
      ),
      brokenLock: this.#brokenLock,
    };
  }

  async #leave(): Promise<void> {
    await this.#lock.giveBack();
    await this.#machine.close();
  }
}

/** What a failure means for the state machine. */
function failureOf(error: unknown): Event {
  if (error instanceof MachineTrouble)
    return { type: 'failure', why: error.message, reachable: error.reachable, undone: error.undone };
  const why = summaryOf(error);
  return { type: 'failure', why, reachable: true };
}

function isBeforeActivation({ type }: Command): boolean {
  return ['observe', 'identify', 'lock', 'repair', 'compare', 'transfer', 'release', 'switch'].includes(type);
}

function phaseOf({ type }: Command): Phase | undefined {
  const phases: Partial<Record<Command['type'], Phase>> = {
    observe: 'preflight', identify: 'preflight', lock: 'lock', repair: 'preflight', compare: 'preflight', transfer: 'transfer', release: 'write',
    'restore-loaders': 'fail-back', switch: 'switch', reboot: 'reboot', 'check-health': 'health', 'record-proven': 'prove', 'fail-back': 'fail-back',
  }; // prettier-ignore
  return phases[type];
}

/** Progress for people. */
function textOf(command: Command): string {
  switch (command.type) {
    case 'repair':
      return `boot.conf names another slot than the running one: naming ${command.slot} again`;
    case 'identify':
      return `reading slot ${command.slot}, of which no record says what it holds`;
    case 'compare':
      return `comparing slot ${command.slot} with its record`;
    case 'transfer':
      return `sending the image to slot ${command.slot}`;
    case 'release':
      return `digest confirmed, upgrade.sh finishes slot ${command.slot}`;
    case 'switch':
      return `switching to slot ${command.slot}`;
    case 'reboot':
      return 'rebooting';
    case 'check-health':
      return 'checking its health';
    case 'fail-back':
      return `bringing it back to slot ${command.slot} ${command.by === 'ssh' ? 'over SSH' : 'at its boot prompt'}`;
    case 'restore-loaders':
      return 'putting back the boot loaders from before the upgrade';
    default:
      return 'asking what it runs';
  }
}
