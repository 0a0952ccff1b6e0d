import { ipxeCommandFailed, writerFailed, writerSilent } from '../../../errors/console.ts';
import type { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession } from '../../session.ts';
import { findIpxeError } from '../ipxe/error-numbers.ts';
import { bootFailure } from './boot-failure.ts';
import { parseBootLine } from './boot-line.ts';
import { nextLine } from './next-line.ts';
import { parseWriterLine, type WriterLine } from './writer-lines.ts';

type Line<K extends WriterLine['kind']> = Extract<WriterLine, { kind: K }>;

/** How to watch; see `watchWriter`. */
export interface WatchWriterOptions {
  /** By when the disk must be written. */
  readonly deadline: Deadline;
  /** Seconds without a line from the writer after which it counts as stuck. Default 120. */
  readonly stall?: number;
  readonly onStart?: (start: Line<'start'>) => void;
  readonly onProgress?: (progress: Line<'progress'>) => void;
}

/**
 * Follows the flash writer from the moment that iPXE left for its script until the disk is written and read back.
 *
 * @throws BF1320 the writer says why it failed; BF1321 no word for too long; BF1312 iPXE came back with an error
 * (the script's own downloads); BF1330 the writer's kernel crashed; BF1304 console ended.
 */
export async function watchWriter(
  session: ConsoleSession,
  options: WatchWriterOptions,
): Promise<Line<'done'>> {
  const { deadline, stall = 120, onStart, onProgress } = options;
  const { machine } = session;
  let phase = 'before its first line';
  let printed = '';
  let quiet = deadline.within(stall);
  for (;;) {
    const line = await nextLine(session, quiet, 'waiting for the flash writer');
    if (line === undefined) {
      const seconds = Math.round(quiet.length / 1000);
      throw writerSilent({ machine, seconds, phase, screen: session.screen() });
    }
    const said = parseWriterLine(line);
    if (said) {
      quiet = deadline.within(stall);
      phase =
        said.kind === 'progress' ? `${said.phase}, ${said.done} of ${said.total} bytes` : 'after its start';
    }
    if (said?.kind === 'start') onStart?.(said);
    if (said?.kind === 'progress') onProgress?.(said);
    if (said?.kind === 'done') return said;
    if (said?.kind === 'failed') {
      throw writerFailed({ machine, reason: said.reason, detail: said.detail, screen: session.screen() });
    }
    printed = `${printed}${line}\n`.slice(-4_096);
    const seen = parseBootLine(line);
    if (seen?.kind === 'crash' || seen?.kind === 'stopped')
      throw bootFailure(session, { means: seen.kind, what: seen.what }, 0);
    if (seen?.kind === 'no-system') {
      const reason = findIpxeError(printed)?.sentence ?? `${seen.what}.`;
      throw ipxeCommandFailed({ machine, command: 'the boot script', reason, screen: session.screen() });
    }
  }
}
