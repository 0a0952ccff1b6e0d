import { bootPromptMissing, consoleSilent } from '../../../errors/console.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession, Expected } from '../../session.ts';

/** How long to try; see `reachBootPrompt`. */
export interface ReachBootPromptOptions {
  /** Default 120 s. */
  readonly deadline?: Deadline;
}

/** The banner before it (`>> OpenBSD/amd64 BOOT 3.67`, PXEBOOT, CDBOOT) decides nothing. */
export const bootPrompt: Expected = { name: 'prompt', match: /boot> ?/, reach: 6 };

/**
 * Waits for OpenBSD's second-stage boot loader and stops its time-out (5 s), which any key does.
 *
 * The key is Ctrl-U: on an empty line it changes nothing. Source: boot(8), OpenBSD; sys/stand/boot/cmd.c.
 *
 * @throws BF1340 when the prompt does not come in time, BF1313 when nothing comes at all.
 */
export async function reachBootPrompt(
  session: ConsoleSession,
  options: ReachBootPromptOptions = {},
): Promise<void> {
  const { deadline = Deadline.after(120) } = options;
  const doing = "waiting for the boot loader's prompt";
  const { machine, heard } = session;
  session.step('waiting for the boot loader');
  const seen = await session.expectWithin([bootPrompt], { deadline, doing });
  if (!seen) {
    const seconds = Math.round(deadline.length / 1000);
    if (session.heard === heard) throw consoleSilent({ machine, doing, seconds, screen: session.screen() });
    throw bootPromptMissing({ machine, seconds, screen: session.screen() });
  }
  session.step("at the boot loader's prompt, stopping its time-out");
  await session.send('\u0015');
}
