import type { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession, Expected } from '../../session.ts';

/** Prompts at which something waits, as expressions; every one has a bounded length. */
const prompts = [
  'login:',
  'd?db(?:\\{\\d{1,4}\\})?>',
  'iPXE>',
  '\\(initramfs\\)',
  'grub(?: rescue)?>',
  'Shell>',
  'boot>',
  'mountroot>',
  'dracut:/#',
  'RETURN for (?:sh|/bin/sh):',
  'root device(?: \\(default \\w{1,16}\\))?:',
  'Give root password for maintenance',
  '\\(or press Control-D to continue\\):',
  '(?:[Ee]nter|[Uu]nlock) (?:the )?(?:passphrase|disk) [^\\n]{1,100}:',
  'Passphrase:',
];

/** Prompts are not followed by a line end; they count as lines as soon as they stand there. */
export const lineOrPrompt: readonly Expected[] = [
  { name: 'line', match: '\n' },
  { name: 'prompt', match: new RegExp(`(?:^|\\n| )(?:${prompts.join('|')}) ?$`), reach: 140 },
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
