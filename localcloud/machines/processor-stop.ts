/** A processor that stands still although neither we nor the guest asked for it. */
export interface ProcessorStop {
  /** QEMU's run state (`RunState` of its qapi/run-state.json): `internal-error`, `io-error`, `guest-panicked`, `paused`. */
  readonly status: string;
  /** Why, as part of a sentence. */
  readonly why: string;
}

/** What is known when the monitor says `STOP`. */
export interface StopSigns {
  /** Answer to `query-status`. */
  readonly status: string;
  /** The last `BLOCK_IO_ERROR` (qapi/block-core.json) that stops the processor. */
  readonly diskError?: Readonly<Record<string, unknown>> | undefined;
  /** QEMU's stderr. */
  readonly log: string;
}

/** Names the cause of a stop; `undefined` for a processor that runs. Pure. */
export function processorStop({ status, diskError, log }: StopSigns): ProcessorStop | undefined {
  if (status === 'running') return undefined;
  return { status, why: cause(status, diskError, log) };
}

function cause(status: string, diskError: StopSigns['diskError'], log: string): string {
  switch (status) {
    case 'internal-error': {
      const words = log
        .split('\n')
        .filter((line) => /internal error|emulation failure|Suberror/i.test(line))
        .slice(0, 2)
        .join(', ');
      return `QEMU cannot go on${words === '' ? '' : ` (${words})`}`;
    }
    case 'io-error':
      return diskCause(diskError);
    case 'guest-panicked':
      return 'its guest panicked';
    case 'paused':
      return "somebody paused it through QEMU's monitor";
    default:
      return `QEMU shows it as ${status}`;
  }
}

function diskCause(error: StopSigns['diskError']): string {
  const done = error?.['operation'] === 'read' ? 'read' : 'written';
  if (error?.['nospace'] === true) return `a disk of it could not be ${done}: no space is left on the host`;
  const { reason } = error ?? {};
  return `a disk of it could not be ${done}${typeof reason === 'string' ? `: ${reason}` : ''}`;
}
