import { powerTimeout } from '../../errors/cloud.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { type DialogueContext, lookAt } from './context.ts';

/** Waits until the power is on or off. @throws BF1409 */
export async function settled(context: Pick<DialogueContext, 'cloud' | 'inputs' | 'waits'>): Promise<void> {
  let seen = '';
  await poll({
    deadline: Deadline.after(context.waits.power),
    onTimeout: () =>
      powerTimeout({
        machine: context.inputs.machine,
        wanted: 'on or off',
        seen,
        seconds: context.waits.power,
      }),
    probe: async () => {
      const view = await lookAt(context, 'waiting for its power');
      seen = view.power;
      return view.power === 'off' || view.power === 'running' ? true : undefined;
    },
  });
}
