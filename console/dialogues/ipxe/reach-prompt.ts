import { consoleSilent, ipxeNotAnswering } from '../../../errors/console.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession } from '../../session.ts';
import { banner, nothingToBoot, prompt } from './patterns.ts';

/** How long to try; see `reachPrompt`. */
export interface ReachPromptOptions {
  /** Default 120 s: firmware takes its time. */
  readonly deadline?: Deadline;
  /** Seconds after Ctrl-B in which the prompt must come before it is sent again, if the banner still stands. Default 1. */
  readonly answerWithin?: number;
}

const CTRL_B = '\u0002';
/** A key that was lost is sent again, but never for ever. */
const MOST_KEYS = 20;

/**
 * Interrupts iPXE while the machine starts: waits for its banner, presses Ctrl-B, and returns at `iPXE>`.
 *
 * Ctrl-B is pressed once for each banner, and again only while that banner still stands unanswered: any key that
 * iPXE does not expect ends its banner, and later ones would go to whatever boots.
 *
 * @throws BF1310 when the prompt was not reached in time or the firmware gave up, BF1313 when nothing came at all, BF1304 when the console ends.
 */
export async function reachPrompt(session: ConsoleSession, options: ReachPromptOptions = {}): Promise<void> {
  const { deadline = Deadline.after(120), answerWithin = 1 } = options;
  const doing = "waiting for iPXE's prompt";
  const watched = [prompt, banner, nothingToBoot];
  const heard = session.heard;
  session.step('waiting for iPXE');
  for (let keys = 0; keys < MOST_KEYS;) {
    const wait = keys === 0 ? deadline : deadline.within(answerWithin);
    const seen = await session.expectWithin(watched, { deadline: wait, doing });
    if (seen?.name === prompt.name) {
      session.step(`reached iPXE's prompt with ${keys} x Ctrl-B`);
      return;
    }
    if (seen?.name === nothingToBoot.name || deadline.passed) break;
    const stands = banner.match.test(session.screen(1));
    if (seen === undefined && !stands) {
      // Answered or missed: either way the next thing to come is the prompt or another banner.
      const next = await session.expectWithin(watched, { deadline, doing });
      if (next?.name === prompt.name) return;
      if (next?.name !== banner.name) break;
    }
    session.step('banner seen, pressing Ctrl-B');
    await session.send(CTRL_B);
    keys += 1;
  }
  const seconds = Math.round((deadline.length - deadline.left) / 1000);
  if (session.heard === heard)
    throw consoleSilent({ machine: session.machine, doing, seconds, screen: session.screen() });
  throw ipxeNotAnswering({ machine: session.machine, seconds, screen: session.screen() });
}
