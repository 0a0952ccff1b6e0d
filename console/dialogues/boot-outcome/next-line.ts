import type { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession, Expected } from '../../session.ts';

/** Prompts are not followed by a line end; they count as lines as soon as they stand there. */
export const lineOrPrompt: readonly Expected[] = [
  { name: 'line', match: /[^\n]*\n/ },
  {
    name: 'prompt',
    match: /(?:^|\n| )(?:login:|ddb(?:\{\d+\})?>|iPXE>|\(initramfs\)|grub rescue>|boot>|RETURN for sh:) ?$/,
  },
];

/** The next line of the console, without its end; `undefined` at the deadline. */
export async function nextLine(
  session: ConsoleSession,
  deadline: Deadline,
  doing: string,
): Promise<string | undefined> {
  const match = await session.expectWithin(lineOrPrompt, { deadline, doing });
  return match && `${match.before}${match.text}`.replace(/\n$/, '');
}
