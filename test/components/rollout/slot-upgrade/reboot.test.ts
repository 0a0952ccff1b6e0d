import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Cloud } from '../../../../clouds/cloud.ts';
import { MachineTrouble } from '../../../../components/rollout/slot-upgrade/machine.ts';
import type { Observation } from '../../../../components/rollout/slot-upgrade/observation.ts';
import { rebootAndWatch, type RebootTools } from '../../../../components/rollout/slot-upgrade/reboot.ts';
import { sshRefused } from '../../../../errors/machine.ts';
import { Deadline } from '../../../../waiting/deadline.ts';
import { ScriptedLine } from '../../../console/scripted-line.ts';
import { observation } from './observations.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'bootfleet-reboot-'));
  vi.stubEnv('BOOTFLEET_DATA', data);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(data, { recursive: true });
});

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

test('a machine that goes on refusing the key until the deadline has not come up', async () => {
  // Whoever still asks after the deadline gets no further chance.
  const over = new AbortController();
  let asked = 0;
  const deaf = tools([refused]);
  const observe = (deadline: Deadline): Promise<Observation> => {
    asked += 1;
    if (asked === 200) over.abort();
    return deaf.observe(deadline);
  };
  const deadline = Deadline.after(300, over.signal);
  const waiting = rebootAndWatch(
    { ...deaf, observe },
    { deadline, before: 'boot-1', order: () => Promise.resolve() },
  );
  await expect(waiting).rejects.toThrow(/refused the key/);
  expect(asked).toBe(200);
});

describe('a machine whose console tells that it does not come up', () => {
  /** A machine that is being connected to until the wait for it ends. */
  function connecting(line: ScriptedLine): { tools: RebootTools; log: string[]; under: () => number } {
    const log: string[] = [];
    let under = 0;
    const cloud = { openConsole: () => Promise.resolve(line) } as unknown as Cloud;
    return {
      log,
      under: () => under,
      tools: {
        ...tools([]),
        cloud: () => Promise.resolve(cloud),
        drop: () => {
          log.push('drop');
          return Promise.resolve();
        },
        observe: async (deadline) => {
          under += 1;
          log.push('connecting');
          await new Promise<void>((resolve) => {
            deadline.signal.addEventListener('abort', () => {
              resolve();
            });
          });
          // An end takes a moment, too.
          await new Promise((resolve) => setImmediate(resolve));
          under -= 1;
          throw new MachineTrouble('it does not answer', { reachable: false });
        },
      },
    };
  }

  const begin = (
    line: ScriptedLine,
    machine: RebootTools,
    deadline = Deadline.after(20),
  ): Promise<Observation> =>
    rebootAndWatch(machine, {
      deadline,
      before: 'boot-1',
      order: () => {
        // Behind the order, as the machine would.
        setTimeout(() => {
          line.say('panic: x\r\nStopped at      db_enter+0x14\r\nddb> ');
        }, 5);
        return Promise.resolve();
      },
    });

  test('is not connected to any more when that is told', async () => {
    const line = new ScriptedLine();
    const { tools: machine, log, under } = connecting(line);
    await expect(begin(line, machine)).rejects.toThrow(/the kernel panicked while booting/);
    expect(under()).toBe(0);
    // Whatever connection there is is dropped behind the last attempt, and no other one is begun.
    expect(log.at(-1)).toBe('drop');
    const told = log.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(log.length).toBe(told);
    expect(await line.closed).toBeUndefined();
  });

  test('fails for its panic also when nothing followed that until the deadline', async () => {
    const line = new ScriptedLine();
    const { tools: machine } = connecting(line);
    const deadline = Deadline.after(0.8);
    const order = (): Promise<void> => {
      setTimeout(() => {
        line.say('panic: x\r\n');
      }, 5);
      return Promise.resolve();
    };
    await expect(rebootAndWatch(machine, { deadline, before: 'boot-1', order })).rejects.toThrow(
      /the kernel panicked while booting/,
    );
  });

  test('counts as up when it answers, whatever a program of it printed', async () => {
    const line = new ScriptedLine();
    const { tools: machine } = connecting(line);
    const up = observation({ bootId: 'boot-2' });
    const answering = {
      ...machine,
      observe: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return up;
      },
    };
    const order = (): Promise<void> => {
      setTimeout(() => {
        line.say('panic: runtime error\r\n');
      }, 5);
      return Promise.resolve();
    };
    expect(
      await rebootAndWatch(answering, { deadline: Deadline.after(20), before: 'boot-1', order }),
    ).toEqual(up);
  });
});
