import { bootCommandRefused } from '../../../errors/console.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession } from '../../session.ts';
import { restartSigns } from '../restart-signs.ts';
import { bootPrompt, reachBootPrompt, type ReachBootPromptOptions } from './reach-boot-prompt.ts';

/**
 * Types one command at `boot>` and waits for the next prompt. The first character behind `set tty com0` may be
 * dropped by the loader; the typing notices and corrects that. Enter is never repeated here: an empty line boots.
 *
 * @throws BF1341 when the loader answers anything but a new prompt, BF1314 when the machine starts anew behind it.
 */
export async function bootCommand(
  session: ConsoleSession,
  command: string,
  deadline: Deadline = Deadline.after(60),
): Promise<void> {
  session.step(command);
  await session.typeLine(command, { deadline });
  const doing = `waiting for the prompt behind \`${command}\``;
  const answered = [bootPrompt, ...restartSigns(session, command)];
  const { before } = await session.expect(answered, { deadline, doing });
  const complaint = complaintIn(command, before);
  if (complaint === undefined) return;
  const { machine } = session;
  throw bootCommandRefused({ machine, command, answer: complaint.trim(), screen: session.screen() });
}

/**
 * What the loader has against a command. `set device` answers nothing when all is well; others say what they did
 * (`switching console to com0`, `com0: 115200 baud`), so that only complaints count.
 */
export function complaintIn(command: string, answer: string): string | undefined {
  const lines = answer.split('\n').map((line) => line.trim());
  if (command.startsWith('set device')) return lines.find((line) => line !== '');
  return lines.find((line) =>
    /^set: |unknown|invalid|not found|no such|can't|cannot|illegal|usage/i.test(line),
  );
}

/** Which slot to boot once; see `bootSlot`. */
export interface BootSlotOptions extends ReachBootPromptOptions {
  /** The root device of the slot, as the loader calls it. Example: `hd0e`. */
  readonly device: string;
}

/**
 * Fails a machine back from its boot prompt: while it starts, stops the loader's time-out, sets the device of the
 * slot that still works, and boots. What it boots into is for `watchBoot`. boot.conf on the disk is not changed.
 *
 * @throws BF1340 no prompt, BF1341 the device is refused, BF1305 the line is not echoed.
 */
export async function bootSlot(session: ConsoleSession, options: BootSlotOptions): Promise<void> {
  const { device, deadline = Deadline.after(120) } = options;
  if (!/^[hs][dr]\d[a-p]$/.test(device)) throw new RangeError(`not a device of the boot loader: ${device}`);
  await reachBootPrompt(session, { deadline });
  await bootCommand(session, `set device ${device}`, deadline);
  session.step('boot');
  await session.typeLine('boot', { deadline });
}
