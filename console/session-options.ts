import type { Deadline } from '../waiting/deadline.ts';
import type { Match, Pattern } from './expect/pattern.ts';
import type { Transcript } from './transcript/transcript-file.ts';
import type { ConsoleTransport } from './transport.ts';
import type { Pace } from './typing/pace.ts';

/** What a session is made of; see `ConsoleSession`. */
export interface SessionOptions {
  readonly transport: ConsoleTransport;
  /** The machine's name, for messages. */
  readonly machine: string;
  readonly transcript?: Transcript;
  /** Told each step of a dialogue, one line each, for progress. */
  readonly log?: (text: string) => void;
  readonly pace?: Pace;
}

/** A pattern to wait for. One with `failure` ends the wait with that error. */
export interface Expected extends Pattern {
  readonly failure?: (match: Match) => Error;
}

/** What a wait is about. */
export interface ExpectOptions {
  readonly deadline: Deadline;
  /** Completes `<machine>: ...` in messages. Example: `waiting for iPXE's prompt`. */
  readonly doing: string;
}

/** How a line is typed; see `ConsoleSession.typeLine`. */
export interface TypeLineOptions {
  readonly deadline: Deadline;
  /** Parts of the line that must appear nowhere: not in transcripts, not in messages. */
  readonly secrets?: readonly string[];
  /** See `LineTypistOptions.repeatEnter`. */
  readonly repeatEnter?: boolean;
}
