/** What an attempt to log in has met. */
export interface FailedAttempt {
  /** Usual milliseconds to the next. */
  readonly every: number;
  /** It met with silence. */
  readonly isSilence: boolean;
  /** Logins that were refused, with this one; 0 when it was not refused. */
  readonly refusals: number;
}

/** Milliseconds between two logins that are refused, at most: sshd adds up five seconds of penalty for each. */
const longest = 5000;

/**
 * Milliseconds from an attempt that failed to the next. None after silence, which was waited for already. Refused logins
 * are spread out more and more, because OpenSSH 9.8 and later shut out an address after some of them (sshd_config(5),
 * PerSourcePenalties: 5 s each, from 15 s on). Pure.
 */
export function pauseAfter({ every, isSilence, refusals }: FailedAttempt): number {
  if (isSilence) return 0;
  return refusals === 0 ? every : Math.max(every, Math.min(longest, every * 2 ** (refusals - 1)));
}
