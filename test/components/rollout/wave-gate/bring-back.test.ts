import { describe, expect, test } from 'vitest';
import { machineLocked } from '../../../../errors/rollout.ts';
import { MachineTrouble, type UpgradeMachine } from '../../../../components/rollout/slot-upgrade/machine.ts';
import { bringBack } from '../../../../components/rollout/wave-gate/bring-back.ts';
import { digestOf, observation, onNew } from '../slot-upgrade/observations.ts';

/** A machine that runs from slot e, and what was asked of it. */
function machine(change: Partial<UpgradeMachine> = {}): { machine: UpgradeMachine; calls: string[] } {
  const calls: string[] = [];
  const none = (): Promise<never> => Promise.reject(new Error('not part of this'));
  const note =
    <T>(name: string, value: T) =>
    (...args: unknown[]): Promise<T> => {
      calls.push([name, ...args].join(' '));
      return Promise.resolve(value);
    };
  return {
    calls,
    machine: {
      transcript: '', nameNext: none, identify: none, compare: none, transfer: none, release: none, reboot: none, checkHealth: none, recordProven: none,
      observe: note('observe', onNew),
      lock: note('lock', ''),
      unlock: note('unlock', undefined),
      failBack: note('failBack', observation()),
      restoreLoaders: note('restoreLoaders', observation()),
      close: note('close', undefined),
      ...change,
    },
  }; // prettier-ignore
}

const wanted = { build: '2', sha256: digestOf('2'), bytes: 1000 };
const sick = (why = 'sick', before?: string): Parameters<typeof bringBack>[1] => ({ why, wanted, before });
const gone = (): Promise<never> => Promise.reject(new MachineTrouble('gone', { reachable: false }));

describe('a machine that turned sick during its soak', () => {
  test('is brought to its other slot, with the boot loaders from before, under its lock', async () => {
    const { machine: one, calls } = machine();
    expect(await bringBack(one, sick('status 503'))).toMatchObject({
      outcome: 'rolled-back',
      why: 'status 503',
    });
    expect(calls).toEqual(['observe', 'lock', 'failBack d ssh', 'restoreLoaders', 'unlock', 'close']);
  });

  test('is brought back at its console when SSH does not do it', async () => {
    const ways: string[] = [];
    const { machine: one } = machine({
      failBack: (_slot, by) => {
        ways.push(by);
        return by === 'ssh'
          ? Promise.reject(new MachineTrouble('no answer', { reachable: false }))
          : Promise.resolve(observation());
      },
    });
    expect(await bringBack(one, sick())).toMatchObject({ outcome: 'rolled-back', why: 'sick; no answer' });
    expect(ways).toEqual(['ssh', 'console']);
  });

  test('and does not answer is brought back at its console, to the slot that it is known to have come from', async () => {
    const { machine: one, calls } = machine({ observe: gone });
    expect(await bringBack(one, sick('no answer', 'd'))).toMatchObject({
      outcome: 'rolled-back',
      why: 'no answer',
    });
    // Its lock lies on itself: it is taken once the machine runs again.
    expect(calls).toEqual(['failBack d console', 'lock', 'restoreLoaders', 'unlock', 'close']);
  });

  test('and runs another build already stays there, whatever boot.conf names', async () => {
    const { machine: one, calls } = machine({
      observe: () => Promise.resolve(observation({ running: 'd', next: 'e', build: '1' })),
    });
    expect(await bringBack(one, sick('it runs 1'))).toMatchObject({
      outcome: 'rolled-back',
      why: 'it runs 1',
    });
    expect(calls).toContain('failBack d ssh');
    expect(calls).not.toContain('failBack e ssh');
  });

  test('is stuck when neither way does, or when nobody answers and the other slot is not known', async () => {
    const { machine: one, calls } = machine({ failBack: gone });
    expect(await bringBack(one, sick())).toEqual({ outcome: 'stuck', why: 'sick; gone; gone' });
    expect(calls).toContain('unlock');
    const { machine: two, calls: asked } = machine({ observe: gone });
    expect(await bringBack(two, sick())).toEqual({ outcome: 'stuck', why: 'sick; it does not answer' });
    expect(asked).toEqual(['close']);
  });

  test('that another rollout holds is left alone', async () => {
    const { machine: one, calls } = machine({ lock: () => Promise.reject(new Error('held by ann')) });
    expect(await bringBack(one, sick())).toEqual({ outcome: 'failed', why: 'sick; held by ann' });
    expect(calls).not.toContain('failBack d ssh');
  });

  test('says what went wrong in one sentence, not with the next step of another error', async () => {
    const held = machineLocked({ machine: 'm-1', holder: 'owner=ann' });
    const { machine: one } = machine({ lock: () => Promise.reject(held) });
    expect((await bringBack(one, sick())).why).toBe(`sick; ${held.summary}`);
  });

  test('stays brought back when its boot loaders cannot be put back, and it is said', async () => {
    const { machine: one } = machine({ restoreLoaders: () => Promise.reject(new Error('no disk')) });
    expect(await bringBack(one, sick())).toMatchObject({
      outcome: 'rolled-back',
      why: 'sick; its boot loaders could not be put back: no disk',
    });
  });
});
