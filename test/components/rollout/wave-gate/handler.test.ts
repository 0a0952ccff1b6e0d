import { expect, test } from 'vitest';
import type { GateMachine } from '../../../../components/rollout/wave-gate/args.ts';
import * as gate from '../../../../components/rollout/wave-gate/handler.ts';
import type { StoredGateInputs } from '../../../../components/rollout/wave-gate/stored-inputs.ts';
import { unknownValue } from '../../../../components/unknown.ts';
import { gateInputs as inputs } from './gate-inputs.ts';

const machine = (name: string, outcome: GateMachine['outcome'], why = ''): GateMachine => ({
  machine: name,
  sha256: 'aa',
  outcome,
  why,
  transcript: '',
});
const two = [machine('m-1', 'upgraded'), machine('m-2', 'unchanged')];

test('a wave that went well passes, and says so to the gates behind it', async () => {
  const { outs } = await gate.create(inputs(two, { failuresBefore: 1 }));
  expect(outs).toMatchObject({
    verdict: 'passed',
    passed: { aa: ['m-1', 'm-2'] },
    failures: 1,
    end: { wave: 'canary', machines: 2, stragglers: [] },
  });
});

test('what a gate has seen is no change, in any order; another end is one, and a gate that failed', async () => {
  const { outs } = await gate.create(inputs(two));
  if (!outs) throw new Error('no outputs');
  const changes = async (news: StoredGateInputs, olds = outs): Promise<boolean | undefined> =>
    (await gate.diff('id', olds, news)).changes;
  expect(await changes(inputs(two.toReversed()))).toBe(false);
  // What is not known before the gate in front of it was decided changes nothing by itself.
  expect(await changes(inputs(two, { failuresBefore: unknownValue as unknown as number }))).toBe(false);
  expect(await changes(inputs([machine('m-1', 'rolled-back'), ...two.slice(1)]))).toBe(true);
  expect(await changes(inputs(two, { paused: true }))).toBe(true);
  expect(await changes({ ...inputs(two), machines: unknownValue as never })).toBe(true);
  expect(await changes(inputs(two), { ...outs, verdict: 'failed' })).toBe(true);
});

test('a failure that is allowed passes with its name, and fails the update behind the last wave', async () => {
  const policy = { maxFailures: 1, maxFailuresTotal: 2 };
  const machines = [machine('m-1', 'rolled-back', 'it is unhealthy'), machine('m-2', 'upgraded')];
  const { outs } = await gate.create(inputs(machines, { failuresBefore: 1, policy }));
  expect(outs).toMatchObject({ verdict: 'passed', passed: { aa: ['m-2'] }, failures: 2 });
  if (!outs) throw new Error('no outputs');
  const ended = [outs.end, { wave: 'wave 2', machines: 3, stragglers: [] }];
  const last = { ...inputs([], { last: true, name: 'rollout', policy }), ended };
  const error = await gate.create(last).then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { properties: object; id: string },
  );
  expect(error?.message).toMatch(/BF1705: rollout: 1 of 5 machines did not come to their build/);
  expect(error?.message).toMatch(/m-1 +canary +rolled-back +it is unhealthy/);
  expect(error?.message).toMatch(/4 others succeeded/);
  expect(error).toMatchObject({ id: 'demo/rollout', properties: { verdict: 'failed' } });
});

test('more failures than are allowed in all fail a wave that alone would pass', async () => {
  const policy = { maxFailures: 1, maxFailuresTotal: 1 };
  const machines = [machine('m-1', 'failed', 'no answer'), machine('m-2', 'upgraded')];
  await expect(gate.create(inputs(machines, { failuresBefore: 1, policy }))).rejects.toThrow(
    /2 machines failed in all, allowed are 1/,
  );
});

test('a gate that failed keeps the code that can refresh and delete it', async () => {
  const code = { __provider: 'exports.handler=()=>1' };
  const error = await gate.create({ ...inputs([machine('m-1', 'failed')]), ...code }).then(
    () => undefined,
    (thrown: unknown) => thrown as { properties: object },
  );
  expect(error?.properties).toMatchObject({ verdict: 'failed', ...code });
});
