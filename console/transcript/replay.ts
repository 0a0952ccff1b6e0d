import type { CastEvent } from './asciicast.ts';

/** How fast; see `replaySteps`. */
export interface ReplayOptions {
  /** 2 is twice as fast. Default 1. Infinity leaves all pauses out. */
  readonly speed?: number;
  /** Longest pause in seconds, before `speed`. Default 2. */
  readonly idle?: number;
}

/** Something to show after a pause. */
export interface ReplayStep {
  /** Milliseconds since the step before. */
  readonly pause: number;
  readonly text: string;
}

/** What a player shows of a recording, and when. Input is not shown: the machine's echo is. */
export function* replaySteps(
  events: readonly CastEvent[],
  { speed = 1, idle = 2 }: ReplayOptions = {},
): Generator<ReplayStep> {
  let last = 0;
  for (const { time, kind, data } of events) {
    if (kind !== 'o') continue;
    yield { pause: (Math.min(idle, Math.max(0, time - last)) * 1000) / speed, text: data };
    last = time;
  }
}
