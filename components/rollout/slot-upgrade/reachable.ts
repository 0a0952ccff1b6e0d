import { BootfleetError } from '../../../errors/error.ts';

/** Errors of remote/ after which a machine counts as unreachable: no answer, deadline, broken connection. */
const gone = new Set(['BF1600', 'BF1605', 'BF1606']);

/** True when the connection failed, and not the machine's answer. */
export function isGone(error: unknown): boolean {
  return error instanceof BootfleetError && gone.has(error.code);
}
