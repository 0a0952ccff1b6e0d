import {
  addressTaken,
  diskInUse,
  firmwareMissing,
  machineNotStarted,
  qemuMissing,
} from '../../errors/localcloud.ts';
import type { BootfleetError } from '../../errors/error.ts';

/** What is known of a QEMU that ended before its machine ran. */
export interface StartupFailure {
  readonly machine: string;
  readonly program: string;
  /** `ENOENT` and the like when the program could not even be started. */
  readonly spawnError?: NodeJS.ErrnoException;
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  /** QEMU's stderr. */
  readonly log: string;
}

/** The error for a machine that did not start: the usual causes by name, anything else in QEMU's own words. */
export function startupError(failure: StartupFailure): BootfleetError {
  const { machine, log, spawnError } = failure;
  if (spawnError?.code === 'ENOENT') return qemuMissing({ program: failure.program });
  const said = lastWords(log);
  const forward = /Could not set up host forwarding rule '(?:tcp:)?([\d.]+):(\d+)-/.exec(log);
  if (forward) return addressTaken({ machine, address: `${forward[1] ?? ''}:${forward[2] ?? ''}` });
  if (/Failed to get (shared )?"(write|consistent read)" lock/.test(log)) return diskInUse({ machine, said });
  if (log.includes('failed to find romfile'))
    return firmwareMissing({ file: 'efi-virtio.rom', package: 'ipxe-qemu' });
  const how =
    spawnError?.message ??
    (failure.signal ? `ended by ${failure.signal}` : `ended with status ${failure.code ?? 'unknown'}`);
  return machineNotStarted({ machine, how, said: said || 'nothing' });
}

/** The last lines of a log, bounded. */
export function lastWords(log: string): string {
  return log.trim().split('\n').slice(-5).join('; ').slice(-600);
}
