import { bootLoops } from '../../errors/boot.ts';

/** What is done for each kind of step; `done` needs nothing. */
export type Actions<Step extends { readonly do: string }> = {
  readonly [Kind in Exclude<Step['do'], 'done'>]: (
    step: Extract<Step, { readonly do: Kind }>,
  ) => Promise<void>;
};

/** More steps than any way to a booted machine has; reached only when something undoes each step. */
const mostSteps = 40;

/**
 * Looks at a machine, does one step, looks again, until the look says that nothing is left to do.
 *
 * @param look at the machine as it is now, and decide.
 * @throws what looking and acting throw, or BF1206 when the machine does not stay as it is put.
 */
export async function untilDone<Step extends { readonly do: string }>(
  machine: string,
  look: () => Promise<Step>,
  actions: Actions<Step>,
): Promise<void> {
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = await look();
    if (step.do === 'done') return;
    // The action of this very kind: TypeScript does not follow a union through an index.
    const act = actions[step.do as keyof Actions<Step>] as (step: Step) => Promise<void>;
    await act(step);
  }
  throw bootLoops({ machine, steps: mostSteps });
}
