import { BootfleetError } from '../../errors/error.ts';
import { say } from './say.ts';

/** One way to come by a tool. */
export interface Way {
  /** Said when it worked. Example: `downloaded`. */
  readonly done: string;
  readonly take: () => Promise<void>;
}

/**
 * Takes the first way that works, and says which and why those before it did not.
 * @throws the error of the last way when none works. A bug in a way is not hidden: only errors of the catalogue
 * lead to the next way.
 */
export async function takeFirst(tool: string, ways: readonly Way[]): Promise<void> {
  for (const [index, way] of ways.entries()) {
    try {
      await way.take();
      say(tool, way.done);
      return;
    } catch (error) {
      if (!(error instanceof BootfleetError) || index === ways.length - 1) throw error;
      say(tool, `${error.summary}; going on by the next way`);
    }
  }
}
