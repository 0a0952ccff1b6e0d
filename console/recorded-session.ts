import { ConsoleSession } from './session.ts';
import { openTranscript } from './transcript/transcript-file.ts';
import type { ConsoleTransport } from './transport.ts';

/** A dialogue to be begun; see `recordedSession`. */
export interface RecordedSessionOptions {
  readonly transport: ConsoleTransport;
  readonly stack: string;
  readonly machine: string;
  /** The dialogue, in a word: `install`, `upgrade`. */
  readonly what: string;
  readonly log: (text: string) => void;
  /** Told the transcript's file before anything is said; `undefined` when none can be made. */
  readonly onTranscript: (file: string | undefined) => void;
  /** See `ConsoleSession.discardBacklog`. */
  readonly quiet?: number | undefined;
}

/**
 * A dialogue on an open serial line, recorded in a transcript of its own, without what earlier boots showed: an old
 * `iPXE>` or `done` must not be taken for a new one. It takes the line over: when it cannot begin, the line is closed.
 *
 * A transcript that cannot be made or written any more is told once in `log`, and the dialogue goes on without.
 *
 * @throws BF1304 when the line ends meanwhile.
 */
export async function recordedSession(options: RecordedSessionOptions): Promise<ConsoleSession> {
  const { transport, stack, machine, what, log, onTranscript, quiet } = options;
  let session: ConsoleSession | undefined;
  try {
    let begun = false;
    const transcript = openTranscript({
      stack,
      machine,
      what,
      onTrouble: (error) => {
        log(begun ? `its transcript ends here: ${error.message}` : `it has no transcript: ${error.message}`);
      },
    });
    begun = true;
    onTranscript(transcript.file);
    session = new ConsoleSession({ transport, machine, transcript, log });
    await session.discardBacklog(quiet);
    return session;
  } catch (error) {
    await (session ?? transport).close();
    throw error;
  }
}
