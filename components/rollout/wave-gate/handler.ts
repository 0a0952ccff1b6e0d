import type * as pulumi from '@pulumi/pulumi';
import { gateFailed } from '../../../errors/rollout.ts';
import { keepState } from '../../keep-state.ts';
import { reportRemark } from '../../progress.ts';
import { isUnknown } from '../../unknown.ts';
import { interruption, uninterrupted } from '../interrupt.ts';
import { isFailure, isSuccess } from '../slot-upgrade/outcome.ts';
import type { GateMachine, Straggler, WaveGateInputs, WaveGateState } from './args.ts';
import { decideGate } from './decision.ts';
import { byImage, digestOf, hasPassed } from './seen.ts';
import { inputsOf, type StoredGateInputs } from './stored-inputs.ts';
import { gateTable, type GateRow } from './table.ts';
import { treat } from './treat.ts';
import { againRemarks, upgradeAgain } from './upgrade-again.ts';
import { watch } from './watch.ts';

/** Effects of `WaveGate`; see handled-resource.ts for how Pulumi comes here. */

export function check(
  _olds: StoredGateInputs,
  news: StoredGateInputs,
): Promise<pulumi.dynamic.CheckResult<StoredGateInputs>> {
  return Promise.resolve({ inputs: news });
}

/** Offline: how the machines ended, or a gate that has not passed. */
export async function diff(
  _id: string,
  olds: WaveGateState,
  news: StoredGateInputs,
): Promise<pulumi.dynamic.DiffResult> {
  const known = isUnknown([news.machines, news.ended]) ? undefined : inputsOf(news);
  if (!news.paused)
    for (const remark of againRemarks(olds, known?.machines))
      await reportRemark(news.resourceUrn, 'info', remark);
  return { changes: !known || olds.verdict === 'failed' || olds.seen !== digestOf(known) };
}

export async function create(inputs: StoredGateInputs): Promise<pulumi.dynamic.CreateResult<WaveGateState>> {
  const id = `${inputs.rollout}/${inputs.name}`;
  return { id, outs: await uninterrupted(() => decide(id, inputsOf(inputs), undefined)) };
}

export async function update(
  id: string,
  olds: WaveGateState,
  news: StoredGateInputs,
): Promise<pulumi.dynamic.UpdateResult<WaveGateState>> {
  return { outs: await uninterrupted(() => decide(id, inputsOf(news), olds)) };
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
  if (inputs.last) return decideLast(id, inputs);
  const { machines, broughtBack } = await upgradeAgain(inputs, olds);
  // A machine that has soaked with this image before is not watched again because another one joined the wave.
  const passed = machines.filter(({ machine, sha256 }) => hasPassed(olds, machine, sha256));
  const verdicts = machines.map((one) => ({
    ...one,
    outcome: passed.includes(one) && isSuccess(one.outcome) ? ('unchanged' as const) : one.outcome,
  }));
  const state = (verdict: WaveGateState['verdict'], more: Partial<WaveGateState> = {}): WaveGateState => ({
    ...summaryOf(inputs, machines),
    verdict,
    passed: byImage(passed),
    broughtBack,
    ...more,
  });
  const { maxFailures, maxFailuresTotal } = inputs.policy;
  const decision = decideGate({
    verdicts,
    maxFailures,
    maxFailuresTotal,
    failuresBefore: inputs.failuresBefore,
    paused: inputs.paused,
  });
  const shown = rowsOf(inputs.name, machines);
  if (decision.type === 'fail') fail(id, inputs, state('failed'), decision.why, shown);
  if (decision.type === 'pause') return state('paused');
  const watched = verdicts.filter(({ outcome }) => outcome === 'upgraded' || outcome === 'switched');
  const sick = decision.type === 'soak' ? await watch(inputs, watched) : new Map<string, string>();
  if (sick.size > 0) {
    const after = await treat(inputs, machines, sick);
    const back = after.filter(({ machine, outcome }) => sick.has(machine) && outcome === 'rolled-back');
    fail(
      id,
      inputs,
      state('failed', { broughtBack: [...broughtBack, ...back] }),
      `${sick.size} of ${watched.length} machines were unhealthy during the soak`,
      rowsOf(inputs.name, after),
    );
  }
  if (interruption().aborted) fail(id, inputs, state('failed'), 'the soak was interrupted', shown);
  return state('passed', { passed: byImage(machines.filter(({ outcome }) => isSuccess(outcome))) });
}

/** The gate behind the last wave: what was let through on the way fails the update at its end. */
function decideLast(id: string, inputs: WaveGateInputs): WaveGateState {
  const state = { ...summaryOf(inputs, []), passed: {}, broughtBack: [] };
  const rows = inputs.ended.flatMap(({ wave, stragglers }) => rowsOf(wave, stragglers));
  const failures = rows.filter(({ outcome }) => isFailure(outcome)).length;
  const all = inputs.ended.reduce((sum, { machines }) => sum + machines, 0);
  const why = `${failures} of ${all} machines did not come to their build`;
  if (failures > 0) fail(id, inputs, { ...state, verdict: 'failed' }, why, rows, all - rows.length);
  return { ...state, verdict: 'passed' };
}

/** How the wave ended by its resources, whatever the soak finds. */
function summaryOf(
  inputs: WaveGateInputs,
  machines: readonly GateMachine[],
): Pick<WaveGateState, 'failures' | 'end' | 'seen'> {
  const stragglers = machines.filter(({ outcome }) => !isSuccess(outcome)).map(straggler);
  const failed = machines.filter(({ outcome }) => isFailure(outcome)).length;
  return {
    failures: inputs.failuresBefore + failed,
    end: { wave: inputs.name, machines: machines.length, stragglers },
    seen: digestOf(inputs),
  };
}

function straggler({ machine, outcome, why, transcript }: GateMachine): Straggler {
  return { machine, outcome, why, transcript };
}

function rowsOf(wave: string, machines: readonly Straggler[]): GateRow[] {
  return machines.map((one) => ({ ...straggler(one as GateMachine), wave }));
}

/** Fails the update and keeps what is known: the next one begins there. */
function fail(
  id: string,
  inputs: WaveGateInputs,
  state: WaveGateState,
  why: string,
  rows: readonly GateRow[],
  others = 0,
): never {
  const error = gateFailed({ wave: inputs.name, why, table: gateTable(rows, others) });
  throw keepState(error, { id, state, inputs });
}
