import { guestCrashed, ipxeCommandFailed } from '../../../errors/console.ts';
import type { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession, Expected } from '../../session.ts';
import { findIpxeError } from '../ipxe/error-numbers.ts';
import { parseBootLine } from './boot-line.ts';
import { lineOrPrompt } from './next-line.ts';

/** How to watch; see `watchNetworkBoot`. */
export interface WatchNetworkBootOptions {
  /** By when the pattern must have been shown. */
  readonly deadline: Deadline;
  /** Text that shows that the system is up, within one line; without it only failures end the wait. */
  readonly pattern?: RegExp | undefined;
  /** Told each line, for progress and host keys. */
  readonly onLine?: (line: string) => void;
}

/**
 * Watches a machine from the moment that iPXE has its boot script until the system that it boots shows a pattern, or
 * shows that it does not come up.
 *
 * @returns what matched, `undefined` at the deadline.
 * @throws BF1312 iPXE came back with an error (the script's own downloads); BF1330 the system crashed; BF1304 console
 * ended.
 */
export async function watchNetworkBoot(
  session: ConsoleSession,
  { deadline, pattern, onLine }: WatchNetworkBootOptions,
): Promise<string | undefined> {
  const { machine } = session;
  const wanted: Expected[] = pattern ? [{ name: 'proof', match: new RegExp(pattern.source, 'm') }] : [];
  // First: of patterns that end at the same character, the first counts, and a prompt may be what is waited for.
  const patterns = [...wanted, ...lineOrPrompt];
  let printed = '';
  for (;;) {
    const seen = await session.expectWithin(patterns, {
      deadline,
      doing: 'waiting for the system to come up',
    });
    if (seen === undefined) return undefined;
    if (seen.name === 'proof') return seen.text;
    const line = `${seen.before}${seen.text}`.replace(/\n$/, '');
    onLine?.(line);
    printed = `${printed}${line}\n`.slice(-4_096);
    const said = parseBootLine(line);
    if (said?.kind === 'crash') throw guestCrashed({ machine, what: said.what, screen: session.screen() });
    if (said?.kind === 'no-system') {
      const what = line.startsWith('iPXE>') ? 'iPXE came back to its prompt' : said.what;
      const reason = findIpxeError(printed)?.sentence ?? `${what}.`;
      throw ipxeCommandFailed({ machine, command: 'the boot script', reason, screen: session.screen() });
    }
  }
}
