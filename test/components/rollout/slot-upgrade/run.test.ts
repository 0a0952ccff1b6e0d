import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { MachineTrouble, type UpgradeMachine } from '../../../../components/rollout/slot-upgrade/machine.ts';
import { runUpgrade } from '../../../../components/rollout/slot-upgrade/run.ts';
import type { Observation } from '../../../../components/rollout/slot-upgrade/observation.ts';
import { digestOf, observation, onNew } from './observations.ts';

const wanted = { build: '2', sha256: digestOf('2'), bytes: 1000 };
const goal = { wanted, allowDowngrade: false, onFailure: 'rollback' as const };

/** A machine on which everything works, and what was asked of it. */
function machine(change: Partial<UpgradeMachine> = {}): { machine: UpgradeMachine; calls: string[] } {
  const calls: string[] = [];
  const note =
    <T>(name: string, value: T) =>
    (): Promise<T> => {
      calls.push(name);
      return Promise.resolve(value);
    };
  return {
    calls,
    machine: {
      transcript: '',
      observe: note('observe', observation()),
      lock: note('lock', ''),
      unlock: note('unlock', undefined),
      nameNext: note('nameNext', undefined),
      identify: note('identify', false),
      compare: note('compare', true),
      transfer: (_slot, onWire) => {
        calls.push('transfer');
        onWire(30);
        onWire(12);
        return Promise.resolve({ sha256: wanted.sha256, seconds: { index: 0, transfer: 0 }, mode: 'delta' });
      },
      release: note('release', undefined),
      reboot: note('reboot', onNew),
      checkHealth: note('checkHealth', undefined),
      recordProven: note('recordProven', undefined),
      failBack: note('failBack', observation({ bootId: 'boot-3' })),
      restoreLoaders: note('restoreLoaders', observation({ bootId: 'boot-3' })),
      close: note('close', undefined),
      ...change,
    },
  };
}

describe('an upgrade', () => {
  test('does what the state machine says, and reports it', async () => {
    const { machine: one, calls } = machine();
    const seen: string[] = [];
    const report = await runUpgrade(one, goal, { onSeen: ({ running }) => seen.push(running) });
    expect(report).toMatchObject({
      outcome: 'upgraded',
      from: '1',
      to: '2',
      slot: 'e',
      bytes: 42,
      mode: 'delta',
    });
    expect(calls).toEqual([
      'observe', 'lock', 'transfer', 'release', 'reboot', 'checkHealth', 'recordProven', 'unlock', 'close',
    ]); // prettier-ignore
    expect(seen).toEqual(['d', 'e']);
  });

  test('reads the slot of a machine that bears the wanted name without a record, and leaves it only if it holds the image', async () => {
    const named = (): Promise<Observation> => Promise.resolve(observation({ build: '2' }));
    const same = machine({ observe: named, identify: () => Promise.resolve(true) });
    expect(await runUpgrade(same.machine, goal)).toMatchObject({ outcome: 'unchanged', to: '2', bytes: 0 });
    expect(same.calls).toEqual(['close']);
    const other = machine({ observe: named });
    expect(await runUpgrade(other.machine, goal)).toMatchObject({ outcome: 'upgraded', from: '2', to: '2' });
    expect(other.calls.slice(0, 3)).toEqual(['identify', 'lock', 'transfer']);
  });

  test('takes the time of each phase once', async () => {
    const transfer: UpgradeMachine['transfer'] = async () => {
      await pause(30);
      return { sha256: wanted.sha256, seconds: { index: 0.02, transfer: 0.01 }, mode: 'delta' };
    };
    const begun = performance.now();
    const { seconds } = await runUpgrade(machine({ transfer }).machine, goal);
    const elapsed = (performance.now() - begun) / 1000;
    expect(seconds.index).toBe(0.02);
    expect(Object.values(seconds).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(elapsed + 0.005);
  });

  test('counts the bytes of a transfer that failed', async () => {
    const transfer: UpgradeMachine['transfer'] = (_slot, onWire) => {
      onWire(1234);
      return Promise.reject(new MachineTrouble('cut', { reachable: false }));
    };
    expect(await runUpgrade(machine({ transfer }).machine, goal)).toMatchObject({
      outcome: 'failed',
      why: 'cut',
      bytes: 1234,
      to: '1',
    });
  });

  test('puts the boot loaders back after a fail-back that left them', async () => {
    const { machine: one, calls } = machine({
      checkHealth: () => Promise.reject(new MachineTrouble('sick', { reachable: true })),
      failBack: () => Promise.resolve(observation({ bootId: 'boot-3', loaders: 'e' })),
    });
    expect(await runUpgrade(one, goal)).toMatchObject({
      outcome: 'rolled-back',
      why: 'sick',
      to: '1',
      slot: 'd',
    });
    expect(calls.slice(-3)).toEqual(['restoreLoaders', 'unlock', 'close']);
  });

  test('that is interrupted begins no further step before its activation, and gives its lock back', async () => {
    const stop = new AbortController();
    const { machine: one, calls } = machine({
      lock: () => {
        stop.abort();
        return Promise.resolve('');
      },
    });
    expect(await runUpgrade(one, goal, { signal: stop.signal })).toMatchObject({
      outcome: 'failed',
      why: 'interrupted',
    });
    expect(calls).toEqual(['observe', 'unlock', 'close']);
  });

  test('past its activation goes on after an interruption', async () => {
    const stop = new AbortController();
    const { machine: one } = machine({
      release: () => {
        stop.abort();
        return Promise.resolve();
      },
    });
    expect(await runUpgrade(one, goal, { signal: stop.signal })).toMatchObject({ outcome: 'upgraded' });
  });

  test('of a machine that is gone keeps the name of nothing it cannot know', async () => {
    const gone = (): Promise<never> => Promise.reject(new MachineTrouble('gone', { reachable: false }));
    const { machine: one } = machine({ reboot: gone, failBack: gone, unlock: gone });
    expect(await runUpgrade(one, goal)).toMatchObject({ outcome: 'stuck', from: '1', to: '', slot: '' });
  });
});
