import { expect, test, vi } from 'vitest';
import { MachineTrouble } from '../../../../components/rollout/slot-upgrade/machine.ts';
import type { Observation } from '../../../../components/rollout/slot-upgrade/observation.ts';
import { rebootAndWatch, type RebootTools } from '../../../../components/rollout/slot-upgrade/reboot.ts';
import { sshRefused } from '../../../../errors/machine.ts';
import { Deadline } from '../../../../waiting/deadline.ts';
import { observation } from './observations.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const refused = sshRefused({ machine: 'edge-1', address: 'h:22', user: 'root', keyFile: '/k' });

function tools(answers: readonly (Observation | Error)[]): RebootTools {
  let asked = 0;
  return {
    machine: 'edge-1',
    server: 's',
    stack: 'test',
    cloud: () => Promise.reject(new Error('no console in this test')),
    progress: () => undefined,
    drop: () => Promise.resolve(),
    onTranscript: () => undefined,
    observe: () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return answer instanceof Error || !answer
        ? Promise.reject(answer ?? new Error())
        : Promise.resolve(answer);
    },
  };
}

const reboot = (answers: readonly (Observation | Error)[]): Promise<Observation> =>
  rebootAndWatch(tools(answers), {
    deadline: Deadline.after(300),
    before: 'boot-1',
    order: () => Promise.resolve(),
  });

test('a machine that refuses the key while it goes down is asked again', async () => {
  const gone = new MachineTrouble('gone', { reachable: false });
  const up = observation({ bootId: 'boot-2' });
  expect(await reboot([observation(), refused, refused, gone, up])).toEqual(up);
});

test('a machine that goes on refusing the key has not come up', async () => {
  const clock = vi.spyOn(performance, 'now');
  let now = 0;
  clock.mockImplementation(() => (now += 61_000));
  try {
    await expect(reboot([refused])).rejects.toThrow(/refused the key/);
  } finally {
    clock.mockRestore();
  }
});
