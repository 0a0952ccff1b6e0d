import { describe, expect, it } from 'vitest';
import { afterExit, allowedActions, begin, resting } from '../../../localcloud/compute/states.ts';
import { bootOrder } from '../../../localcloud/compute/machine-spec.ts';

const actions = ['poweron', 'poweroff', 'reboot', 'stop_in_place', 'terminate'] as const;

describe('begin', () => {
  it.for([
    ['poweron', resting.stopped, 'starting', 'allocating node'],
    ['poweron', resting.stoppedInPlace, 'starting', 'stopped in place'],
    ['poweroff', resting.running, 'stopping', 'stopping'],
    ['reboot', resting.running, 'stopping', 'rebooting'],
    ['stop_in_place', resting.running, 'stopping', 'stopping in place'],
    ['terminate', resting.running, 'stopping', 'terminating'],
  ] as const)('%s', ([action, from, state, stateDetail]) => {
    expect(begin(action, from)).toMatchObject({ kind: 'begin', first: { state, stateDetail } });
  });

  it('takes exactly the actions that the API lists, in a state of rest', () => {
    for (const rest of Object.values(resting)) {
      for (const action of actions) {
        const allowed = allowedActions(rest.state).includes(action);
        expect(begin(action, rest).kind).toBe(allowed ? 'begin' : 'refused');
      }
    }
  });

  it('takes none on the way from one state to another', () => {
    for (const state of ['starting', 'stopping'] as const) {
      for (const action of actions) {
        expect(begin(action, { state, stateDetail: '', allocated: true }).kind).toBe('transient');
      }
    }
  });
});

it('keeps the node of a guest that switched itself off, and takes it from one that crashed', () => {
  expect(afterExit('guest')).toEqual(resting.stoppedInPlace);
  expect(afterExit('crash')).toEqual(resting.stopped);
});

it('boots from the volume that is marked, else from the lowest slot', () => {
  const volume = (slot: string, boot = false): { slot: string; volumeId: string; boot: boolean } => ({
    slot,
    volumeId: `v${slot}`,
    boot,
  });
  expect(bootOrder({ volumes: [volume('10'), volume('2'), volume('0')] })).toEqual(['v0', 'v2', 'v10']);
  expect(bootOrder({ volumes: [volume('0'), volume('1', true), volume('2')] })).toEqual(['v1', 'v0', 'v2']);
});
