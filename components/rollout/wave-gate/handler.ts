import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { gateFailed } from '../../../errors/rollout.ts';
import { reportProgress } from '../../progress.ts';
import { isUnknown } from '../../unknown.ts';
import { formatSeconds } from '../duration.ts';
import { interruption, uninterrupted } from '../interrupt.ts';
import type { SlotUpgradeInputs } from '../slot-upgrade/args.ts';
import { machineOf } from '../slot-upgrade/handler.ts';
import { imageFacts } from '../slot-upgrade/image-facts.ts';
import { isFailure, isSuccess } from '../slot-upgrade/outcome.ts';
import { runUpgrade } from '../slot-upgrade/run.ts';
import type { GateMachine, WaveGateInputs, WaveGateState } from './args.ts';
import { bringBack } from './bring-back.ts';
import { decideGate } from './decision.ts';
import { soak } from './soak.ts';
import { gateTable } from './table.ts';

/** Effects of `WaveGate`; see handled-resource.ts for how Pulumi comes here. */

export function check(
  _olds: WaveGateInputs,
  news: WaveGateInputs,
): Promise<pulumi.dynamic.CheckResult<WaveGateInputs>> {
  return Promise.resolve({ inputs: news });
}

/** Offline: how the machines ended, or a gate that has not passed. */
export function diff(
  _id: string,
  olds: WaveGateState,
  news: WaveGateInputs,
): Promise<pulumi.dynamic.DiffResult> {
  if (isUnknown(news.machines) || isUnknown(news.failuresBefore)) return Promise.resolve({ changes: true });
  const ends = ({ machines, paused }: WaveGateInputs): unknown => [
    paused,
    machines.map(({ machine, outcome, sha256 }) => [machine, outcome, sha256]),
  ];
  return Promise.resolve({
    changes: olds.verdict === 'failed' || !isDeepStrictEqual(ends(olds), ends(news)),
  });
}

export async function create(inputs: WaveGateInputs): Promise<pulumi.dynamic.CreateResult<WaveGateState>> {
  const id = `${inputs.rollout}/${inputs.name}`;
  return { id, outs: await uninterrupted(() => decide(id, inputs, undefined)) };
}

export async function update(
  id: string,
  olds: WaveGateState,
  news: WaveGateInputs,
): Promise<pulumi.dynamic.UpdateResult<WaveGateState>> {
  return { outs: await uninterrupted(() => decide(id, news, olds)) };
}

export function read(
  id: string,
  state: WaveGateState | undefined,
): Promise<pulumi.dynamic.ReadResult<WaveGateState>> {
  return Promise.resolve(state === undefined ? {} : { id, props: state });
}

async function del(): Promise<void> {
  await Promise.resolve();
}
export { del as delete };

async function decide(
  id: string,
  inputs: WaveGateInputs,
  olds: WaveGateState | undefined,
): Promise<WaveGateState> {
  const machines = await againIfBroughtBack(inputs, olds);
  const rolledOut = { ...inputs, machines };
  const passed = Object.fromEntries(
    machines.flatMap(({ machine, sha256 }) => (olds?.passed[machine] === sha256 ? [[machine, sha256]] : [])),
  );
  // A machine that has soaked with this image before is not watched again because another one joined the wave.
  const verdicts = machines.map((one) => ({
    ...one,
    outcome: one.machine in passed && isSuccess(one.outcome) ? ('unchanged' as const) : one.outcome,
  }));
  const state = (verdict: WaveGateState['verdict'], more: Partial<WaveGateState> = {}): WaveGateState => ({
    ...rolledOut,
    verdict,
    passed,
    broughtBack: [],
    ...more,
  });
  if (inputs.last) {
    const failures = machines.filter(({ outcome }) => isFailure(outcome)).length;
    if (failures > 0)
      fail(
        id,
        state('failed'),
        `${failures} of ${machines.length} machines did not come to their build`,
        machines,
      );
    return state('passed');
  }
  const { maxFailures, maxFailuresTotal } = inputs.policy;
  const decision = decideGate({
    verdicts,
    maxFailures,
    maxFailuresTotal,
    failuresBefore: inputs.failuresBefore,
    paused: inputs.paused,
  });
  if (decision.type === 'fail') fail(id, state('failed'), decision.why, machines);
  if (decision.type === 'pause') return state('paused');
  const watched = verdicts.filter(({ outcome }) => outcome === 'upgraded' || outcome === 'switched');
  const sick = decision.type === 'soak' ? await watch(inputs, watched) : new Map<string, string>();
  if (sick.size > 0) {
    const after = await treat(inputs, machines, sick);
    const broughtBack = after
      .filter(({ machine, outcome }) => sick.has(machine) && outcome === 'rolled-back')
      .map(({ machine }) => machine);
    fail(
      id,
      state('failed', { broughtBack }),
      `${sick.size} of ${watched.length} machines were unhealthy during the soak`,
      after,
    );
  }
  if (interruption().aborted) fail(id, state('failed'), 'the soak was interrupted', machines);
  const all = Object.fromEntries(
    machines.filter(({ outcome }) => isSuccess(outcome)).map(({ machine, sha256 }) => [machine, sha256]),
  );
  return state('passed', { passed: all });
}

/** Fails the update and keeps what is known: the next one begins there. */
function fail(id: string, state: WaveGateState, why: string, machines: readonly GateMachine[]): never {
  const error = gateFailed({ wave: state.name, why, table: gateTable(machines) });
  throw Object.assign(error, { id, properties: state, reasons: [error.message] });
}

function watch(
  inputs: WaveGateInputs,
  machines: readonly GateMachine[],
): Promise<ReadonlyMap<string, string>> {
  const { soak: length, policy, resourceUrn } = inputs;
  if (length === 0 || policy.health.length === 0) return Promise.resolve(new Map());
  const byName = new Map(machines.map((one) => [one.machine, one]));
  return soak({
    machines: [...byName.keys()],
    length,
    check: async (name) => {
      const one = byName.get(name);
      if (!one) return;
      const machine = machineOf(await inputsOf(inputs, one));
      try {
        await machine.checkHealth();
      } finally {
        await machine.close();
      }
    },
    signal: interruption(),
    onProgress: (left) => {
      reportProgress(resourceUrn, `soaking, ${formatSeconds(left)} left`);
    },
  });
}

/** Brings sick machines back to their old slots, unless they are to be held. */
async function treat(
  inputs: WaveGateInputs,
  machines: readonly GateMachine[],
  sick: ReadonlyMap<string, string>,
): Promise<GateMachine[]> {
  return Promise.all(
    machines.map(async (one): Promise<GateMachine> => {
      const why = sick.get(one.machine);
      if (why === undefined) return one;
      if (inputs.policy.onFailure === 'hold') return { ...one, outcome: 'held', why };
      reportProgress(inputs.resourceUrn, `bringing ${one.machine} back`);
      const end = await bringBack(machineOf(await inputsOf(inputs, one)), why);
      return { ...one, ...end };
    }),
  );
}

/** Machines that an earlier soak brought back call themselves upgraded in their own state: they are upgraded again here. */
async function againIfBroughtBack(
  inputs: WaveGateInputs,
  olds: WaveGateState | undefined,
): Promise<readonly GateMachine[]> {
  const again = new Set(olds?.verdict === 'failed' ? olds.broughtBack : []);
  const machines: GateMachine[] = [];
  for (const one of inputs.machines) {
    if (!again.has(one.machine) || !isSuccess(one.outcome)) machines.push(one);
    else {
      const given = await inputsOf(inputs, one);
      const onStep = (text: string): void => {
        reportProgress(inputs.resourceUrn, `${one.machine}: ${text}`);
      };
      const goal = {
        wanted: given.found,
        allowDowngrade: inputs.policy.allowDowngrade,
        onFailure: inputs.policy.onFailure,
      };
      const { outcome, why } = await runUpgrade(machineOf(given), goal, { onStep, signal: interruption() });
      machines.push({ ...one, outcome: outcome === 'unchanged' ? 'switched' : outcome, why });
    }
  }
  return machines;
}

async function inputsOf(
  inputs: WaveGateInputs,
  one: GateMachine,
): Promise<SlotUpgradeInputs & { found: NonNullable<SlotUpgradeInputs['found']> }> {
  const { rollout, policy, resourceUrn } = inputs;
  const { machine, target, image } = one;
  if (!target || !image) throw new Error(`the gate knows no way to ${machine}`);
  const found = await imageFacts(image, resourceUrn);
  return {
    rollout,
    machine,
    target,
    image,
    wave: { number: 0, name: one.wave },
    skip: '',
    policy,
    resourceUrn,
    found,
  };
}
