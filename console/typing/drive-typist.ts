import type { Deadline } from '../../waiting/deadline.ts';
import type { TextWait } from '../text-wait.ts';
import type { LineTypist, TypingStep } from './line-typist.ts';

/** What a typist is driven with. */
export interface Drive {
  readonly wait: TextWait;
  readonly deadline: Deadline;
  readonly doing: string;
  readonly write: (keys: string) => Promise<void>;
  /**
   * Called when the line is done, at once, with what was shown behind its echo: what arrives from then on is not echo
   * any more, and stands behind this.
   */
  readonly shown: (rest: string) => void;
}

/**
 * Types a line as a typist decides: sends its keys in order, hands it every piece of text and every silence.
 *
 * @returns its last step, `done` or `failed`.
 */
export async function driveTypist(
  typist: LineTypist,
  { wait, deadline, doing, write, shown }: Drive,
): Promise<TypingStep> {
  let step = typist.start(performance.now());
  let writing = Promise.resolve();
  const act = (next: TypingStep): TypingStep | undefined => {
    step = next;
    if (next.send !== '') {
      writing = writing
        .then(() => write(next.send))
        .catch((error: unknown) => {
          wait.fail(error instanceof Error ? error : new Error(String(error)));
        });
    }
    if (next.state === 'busy') return undefined;
    shown(next.rest);
    return next;
  };
  let begun = false;
  const look = (text: string): TypingStep | undefined => {
    if (begun) return act(typist.receive(text, performance.now()));
    begun = true;
    return act(step);
  };
  const silence = { after: () => step.wait, look: () => act(typist.silence()) };
  return await wait.until({ deadline, doing, look, silence });
}
