import { ipxeCommandFailed } from '../../../errors/console.ts';
import type { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession, Expected } from '../../session.ts';
import { findIpxeError } from '../ipxe/error-numbers.ts';
import { bootFailure } from './boot-failure.ts';
import { parseBootLine } from './boot-line.ts';
import { lineOrPrompt } from './next-line.ts';
import { suspect, type Suspicion } from './suspicion.ts';

/** Characters at the end of a line that goes on in which a pattern is found; a whole line is looked through as well. */
const unendedReach = 256;
/** Characters of a line that are looked through. */
const longestLine = 4_096;

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
 * @throws BF1312 iPXE came back with an error (the script's own downloads); BF1330 the system crashed; BF1322 it waits for
 * a person; BF1304 console ended.
 */
export async function watchNetworkBoot(
  session: ConsoleSession,
  { deadline, pattern, onLine }: WatchNetworkBootOptions,
): Promise<string | undefined> {
  const { machine } = session;
  const proof = pattern && new RegExp(pattern.source, 'm');
  const wanted: Expected[] = proof ? [{ name: 'proof', match: proof, reach: unendedReach }] : [];
  // First: of patterns that end at the same character, the first counts, and a prompt may be what is waited for.
  const patterns = [...wanted, ...lineOrPrompt];
  let printed = '';
  let suspicion: Suspicion | undefined;
  for (;;) {
    const seen = await session.expectWithin(patterns, {
      deadline,
      doing: 'waiting for the system to come up',
    });
    if (seen === undefined) return undefined;
    if (seen.name === 'proof') return seen.text;
    const line = `${seen.before}${seen.text}`.replace(/\n$/, '');
    onLine?.(line);
    const whole = proof?.exec(line.slice(-longestLine));
    if (whole) return whole[0];
    printed = `${printed}${line}\n`.slice(-4_096);
    const said = parseBootLine(line);
    const now = suspect(suspicion, said);
    suspicion = now.suspicion;
    if (suspicion === undefined || !now.certain) continue;
    if (suspicion.means !== 'no-system') throw bootFailure(session, suspicion, 0);
    const what = line.startsWith('iPXE>') ? 'iPXE came back to its prompt' : suspicion.what;
    const reason = findIpxeError(printed)?.sentence ?? `${what}.`;
    throw ipxeCommandFailed({ machine, command: 'the boot script', reason, screen: session.screen() });
  }
}
