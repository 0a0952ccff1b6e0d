import { setTimeout as pause } from 'node:timers/promises';
import { chain, configureNetwork } from '../../console/dialogues/ipxe/commands.ts';
import { reachPrompt } from '../../console/dialogues/ipxe/reach-prompt.ts';
import type { ConsoleSession } from '../../console/session.ts';
import { BootfleetError } from '../../errors/error.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { type DialogueContext, stoppable } from './context.ts';

/**
 * Console trouble that has nothing to do with what is booted: a dropped line, a keystroke that got lost, a banner that
 * went by, a line that is silent, a reset, a host that stopped the machine (KVM where it cannot go on). Worth another try from
 * power-off; nothing was written or the writing is begun anew.
 */
const passing: ReadonlySet<string> = new Set([
  'BF1302',
  'BF1304',
  'BF1305',
  'BF1310',
  'BF1313',
  'BF1314',
  'BF1842',
]);

/**
 * Does something that begins with the machine off, again where that can help, from power-off.
 *
 * @param attempts the most; each failure that is not the last is shown as progress.
 * @throws what the last attempt threw.
 */
export async function withAttempts(
  { cloud, inputs, waits, progress }: DialogueContext,
  attempts: number,
  action: (attempt: number) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await action(attempt);
      return;
    } catch (error) {
      const again = error instanceof BootfleetError && passing.has(error.code) && attempt < attempts;
      if (!again) throw error;
      progress(`${error.code} ${error.summary.split('\n')[0] ?? ''}; attempt ${attempt + 1} of ${attempts}`);
      await cloud.powerOff(inputs.server, Deadline.after(waits.power));
      await pause(1000);
    }
  }
}

/**
 * Powers on a machine that boots from the network, stops iPXE at its prompt, and types what loads the script. Returns
 * as soon as iPXE has the script.
 */
export async function loadScript(
  context: DialogueContext,
  session: ConsoleSession,
  url: string,
): Promise<void> {
  const { waits } = context;
  await powerOnToPrompt(context, session);
  await configureNetwork(session, { deadline: Deadline.after(waits.dhcp) });
  await chain(session, url, { deadline: Deadline.after(waits.script) });
}

/** Side by side: iPXE's moment for Ctrl-B can come before the cloud calls the machine running. */
async function powerOnToPrompt(
  { cloud, inputs, waits, progress }: DialogueContext,
  session: ConsoleSession,
): Promise<void> {
  progress('powering on into iPXE');
  const { deadline, stop } = stoppable(waits.prompt);
  const power = cloud.powerOn(inputs.server, Deadline.after(waits.power)).catch((error: unknown) => {
    stop();
    throw error;
  });
  const [powered, prompted] = await Promise.allSettled([power, reachPrompt(session, { deadline })]);
  if (powered.status === 'rejected') throw powered.reason;
  if (prompted.status === 'rejected') throw prompted.reason;
}
