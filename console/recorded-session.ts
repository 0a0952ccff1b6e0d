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
  /** Told the transcript's file as soon as there is one. */
  readonly onTranscript: (file: string) => void;
  /** See `ConsoleSession.discardBacklog`. */
  readonly quiet?: number | undefined;
}

/**
 * A dialogue on an open serial line, recorded in a transcript of its own, without what earlier boots showed: an old
 * `iPXE>` or `done` must not be taken for a new one. It takes the line over: when it cannot begin, the line is closed.
 *
 * @throws what opening the transcript met (a full disk), BF1304 when the line ends meanwhile.
 */
export async function recordedSession(options: RecordedSessionOptions): Promise<ConsoleSession> {
  const { transport, stack, machine, what, log, onTranscript, quiet } = options;
  let session: ConsoleSession | undefined;
  try {
    const transcript = openTranscript({
      stack,
      machine,
      what,
      onTrouble: (error) => {
        log(`its transcript ends here: ${error.message}`);
      },
    });
    onTranscript(transcript.file);
    session = new ConsoleSession({ transport, machine, transcript, log });
    await session.discardBacklog(quiet);
    return session;
  } catch (error) {
    await (session ?? transport).close();
    throw error;
  }
}
