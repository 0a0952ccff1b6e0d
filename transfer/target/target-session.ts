import type { Readable, Writable } from 'node:stream';
import type { Deadline } from '../../waiting/deadline.ts';

/**
 * A program that runs on a machine, with its streams. `remote/` gives one over SSH; tests start one here.
 */
export interface TargetProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<{ readonly status?: number | undefined; readonly signal?: string | undefined }>;
  /** Ends it; the machine's side sees its input end. */
  kill(): void;
}

/** What the transfer needs of a connection to a machine. `RemoteSession` of remote/ is one. */
export interface TargetSession {
  start(argv: readonly string[], options: { readonly deadline: Deadline }): Promise<TargetProcess>;
}
