import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from '../../../clouds/cloud.ts';
import { bootSlot } from '../../../console/dialogues/openbsd-boot/commands.ts';
import { tellsWhy } from '../../../console/dialogues/boot-outcome/boot-failure.ts';
import { watchBoot } from '../../../console/dialogues/boot-outcome/watch-boot.ts';
import { recordedSession } from '../../../console/recorded-session.ts';
import type { ConsoleSession } from '../../../console/session.ts';
import { BootfleetError, summaryOf } from '../../../errors/error.ts';
import { sshRefused } from '../../../errors/machine.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { MachineTrouble } from './machine.ts';
import type { Observation, SlotLetter } from './observation.ts';

/** Ways to a machine that restarts. */
export interface RebootTools {
  readonly machine: string;
  /** The cloud's id of the server. */
  readonly server: string;
  readonly stack: string;
  readonly cloud: () => Promise<Cloud>;
  readonly progress: (text: string) => void;
  /** Drops the connection, which the machine is about to cut. */
  readonly drop: () => Promise<void>;
  readonly observe: (deadline: Deadline) => Promise<Observation>;
  readonly onTranscript: (file: string | undefined) => void;
}

/** What `rebootAndWatch` waits for. */
export interface RebootOptions {
  readonly deadline: Deadline;
  /** Boot id before: an answer with it comes from a machine that has not gone down yet. */
  readonly before: string;
  /** Gives the order. */
  readonly order: () => Promise<unknown>;
}

/**
 * Reboots a machine and waits for it on the network and on its serial console at once: an answer over SSH ends the wait
 * well, a panic on the console ends it badly without waiting for the deadline.
 *
 * @throws MachineTrouble, not reachable, when it does not come up.
 */
export async function rebootAndWatch(
  tools: RebootTools,
  { deadline, before, order }: RebootOptions,
): Promise<Observation> {
  const console = await openConsole(tools, 'upgrade', deadline);
  try {
    await order();
    await tools.drop();
    return await untilUpOrCrash(tools, console, deadline, before);
  } catch (error) {
    if (error instanceof MachineTrouble) throw error;
    const why = summaryOf(error);
    throw new MachineTrouble(why, { reachable: false }, { cause: error });
  } finally {
    await console?.close();
  }
}

/** Cuts power, catches the boot prompt, boots the given slot and waits until it answers. */
export async function failBackAtPrompt(
  tools: RebootTools,
  slot: SlotLetter,
  deadline: Deadline,
): Promise<Observation> {
  const cloud = await tools.cloud();
  let console: ConsoleSession | undefined;
  try {
    // Off first: what an old console shows must not be taken for the new prompt.
    await cloud.powerOff(tools.server, deadline);
    console = await openConsole(tools, 'fail-back', deadline);
    if (!console) throw new Error('its serial console cannot be opened');
    await cloud.powerOn(tools.server, deadline);
    await bootSlot(console, { device: `hd0${slot}`, deadline });
    return await untilUpOrCrash(tools, console, deadline, '');
  } catch (error) {
    const why = summaryOf(error);
    throw new MachineTrouble(why, { reachable: false }, { cause: error });
  } finally {
    await console?.close();
  }
}

/**
 * Asks a machine over SSH until it is up, and listens to its console beside that. What the console says ends the asking
 * at once, the attempt to connect that is under way included: nothing goes on connecting behind this.
 *
 * @param before see `RebootOptions`; '' when any answer will do.
 */
async function untilUpOrCrash(
  tools: RebootTools,
  console: ConsoleSession | undefined,
  deadline: Deadline,
  before: string,
): Promise<Observation> {
  const ended = new AbortController();
  const outer = deadline.endedBy(ended.signal);
  let crash: Error | undefined;
  const listening =
    console &&
    listen(console, outer, tools, (error) => {
      crash = error;
      ended.abort();
    });
  try {
    return await untilUp(tools, outer, before, ended.signal);
  } catch (error) {
    ended.abort();
    // What it says last may be the reason: a panic behind which it said nothing more.
    await listening;
    if (crash === undefined || (error instanceof MachineTrouble && error.reachable)) throw error;
    await tools.drop();
    throw crash;
  } finally {
    ended.abort();
    await listening;
  }
}

/**
 * Asks until somebody answers who has booted since. A refused login is no answer: the SSH server of a machine that goes
 * down may live a little longer than the file systems with its keys, and that of one that comes up be there before they
 * are. A new build without the key fails at the deadline, with that as the reason.
 */
async function untilUp(
  tools: RebootTools,
  deadline: Deadline,
  before: string,
  ended: AbortSignal,
): Promise<Observation> {
  for (;;) {
    try {
      const seen = await tools.observe(deadline);
      if (seen.bootId !== before) return seen;
      if (deadline.passed) throw new MachineTrouble('it did not reboot', { reachable: true });
    } catch (error) {
      if (deadline.passed || ended.aborted) throw error;
      const isRefused = error instanceof BootfleetError && error.code === sshRefused.definition.code;
      if (!isRefused && !(error instanceof MachineTrouble && !error.reachable)) throw error;
    }
    // It is still going down, and nothing tells when it is gone: ask again in a moment.
    await tools.drop();
    await pause(500, undefined, { signal: ended }).catch(() => undefined); // Ended early: asked a last time above.
  }
}

/** Listens until the deadline, the console's end or a sign that the machine is up or does not come up. Never rejects. */
async function listen(
  console: ConsoleSession,
  deadline: Deadline,
  tools: RebootTools,
  onCrash: (error: Error) => void,
): Promise<void> {
  try {
    const { how, slot } = await watchBoot(console, { deadline });
    tools.progress(`its console says ${how}${slot === undefined ? '' : ` from slot ${slot}`}`);
  } catch (error) {
    // A console that ends by itself says nothing of the machine.
    if (!(error instanceof BootfleetError) || tellsWhy(error, deadline)) onCrash(error as Error);
  }
}

/** Undefined when the console cannot be had: the network alone must do then. */
async function openConsole(
  tools: RebootTools,
  what: string,
  deadline: Deadline,
): Promise<ConsoleSession | undefined> {
  try {
    const cloud = await tools.cloud();
    const { stack, machine, progress: log } = tools;
    const transport = await cloud.openConsole(tools.server, deadline.within(30));
    return await recordedSession({ transport, stack, machine, what, log, onTranscript: tools.onTranscript });
  } catch (error) {
    tools.progress(`no serial console: ${summaryOf(error)}`);
    return undefined;
  }
}
