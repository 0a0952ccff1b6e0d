import { guestCrashed, guestNotBooted, guestStopped } from '../../../errors/console.ts';
import type { BootfleetError } from '../../../errors/error.ts';
import { machineStoppedByHost } from '../../../errors/localcloud.ts';
import type { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession } from '../../session.ts';
import type { Failure } from './boot-line.ts';

/** The error for a boot that failed. @param seconds since the watch began. */
export function bootFailure(
  session: ConsoleSession,
  { means, what }: { readonly means: Failure; readonly what: string },
  seconds: number,
): BootfleetError {
  const facts = { machine: session.machine, what, screen: session.screen() };
  if (means === 'crash') return guestCrashed(facts);
  if (means === 'stopped') return guestStopped(facts);
  return guestNotBooted({ ...facts, seconds: Math.round(seconds) });
}

const failures: ReadonlySet<string> = new Set([
  guestCrashed.definition.code,
  guestNotBooted.definition.code,
  guestStopped.definition.code,
  machineStoppedByHost.definition.code,
]);

/**
 * Whether an error of `watchBoot` says why a machine does not come up. What it says at the end of its time, that there
 * was no sign of a system, is no reason: whoever waits for something else knows more.
 */
export function tellsWhy(error: BootfleetError, deadline: Deadline): boolean {
  if (!failures.has(error.code)) return false;
  return !deadline.passed || error.code !== guestNotBooted.definition.code;
}
