import { guestNotBooted } from '../../../errors/console.ts';
import type { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession } from '../../session.ts';
import { bootFailure } from './boot-failure.ts';
import { parseBootLine } from './boot-line.ts';
import { nextLine } from './next-line.ts';
import { suspect, type Suspicion } from './suspicion.ts';

/** How a boot that went well ended. */
export interface BootOutcome {
  /** `booted`: the guest's own line; `login`: a login prompt, from images that print no such line. */
  readonly how: 'booted' | 'login';
  readonly build: string | undefined;
  readonly slot: string | undefined;
  /** `<algorithm> <base64>`, as in a known_hosts file, when the guest printed it. */
  readonly hostKey: string | undefined;
}

/** How to watch; see `watchBoot`. */
export interface WatchBootOptions {
  /** By when the system must be up. */
  readonly deadline: Deadline;
  /**
   * Seconds to wait for the guest's own line behind a login prompt. Default 10. A guest that has printed its host
   * key will print that line too, and has until the deadline.
   */
  readonly afterLogin?: number;
  /** Seconds without another line after which what may have ended the boot has ended it. Default: see `BootLine`. */
  readonly afterSuspect?: number;
  /** Told each line, for progress. */
  readonly onLine?: (line: string) => void;
}

/**
 * Watches a machine boot from its disk until it is up or cannot come up any more.
 *
 * @throws BF1330 panic or debugger; BF1322 it waits for a person; BF1331 nothing boots, or the deadline; BF1304 console
 * ended.
 */
export async function watchBoot(session: ConsoleSession, options: WatchBootOptions): Promise<BootOutcome> {
  const { deadline, afterLogin = 10, afterSuspect, onLine } = options;
  const { machine } = session;
  const heard = session.heard;
  const seconds = (): number => (deadline.length - deadline.left) / 1000;
  let hostKey: string | undefined;
  let login = false;
  let suspicion: Suspicion | undefined;
  for (;;) {
    const wait = login
      ? hostKey === undefined
        ? deadline.within(afterLogin)
        : deadline
      : suspicion
        ? deadline.within(afterSuspect ?? suspicion.patience)
        : deadline;
    const line = await nextLine(session, wait, 'waiting for the system to come up');
    if (line === undefined) {
      if (login) return { how: 'login', build: undefined, slot: undefined, hostKey };
      if (suspicion) throw bootFailure(session, suspicion, seconds());
      const what =
        session.heard === heard ? 'its console shows nothing at all' : 'no sign of a system that is up';
      throw guestNotBooted({ machine, what, seconds: Math.round(seconds()), screen: session.screen() });
    }
    onLine?.(line);
    const seen = parseBootLine(line);
    if (seen?.kind === 'ssh-host-key') hostKey = `${seen.algorithm} ${seen.key}`;
    if (seen?.kind === 'booted') return { how: 'booted', build: seen.build, slot: seen.slot, hostKey };
    if (seen?.kind === 'login') login = true;
    const now = suspect(suspicion, seen);
    suspicion = now.suspicion;
    if (suspicion && now.certain) throw bootFailure(session, suspicion, seconds());
  }
}
