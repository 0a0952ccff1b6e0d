import type * as pulumi from '@pulumi/pulumi';
import { summaryOf } from '../../../errors/error.ts';
import { checkFailure } from '../../check-failure.ts';
import { reportProgress, reportRemark } from '../../progress.ts';
import { isUnknown } from '../../unknown.ts';
import { unseenSince } from '../../unseen.ts';
import { inFlightOf } from '../in-flight.ts';
import { uninterrupted } from '../interrupt.ts';
import type {
  KnownInputs,
  SlotImageFacts,
  SlotUpgradeInputs,
  SlotUpgradeState,
  UpgradePlan,
} from './args.ts';
import { changesOf, whyUnknown } from './changes.ts';
import { choose } from './choose.ts';
import { driftOf } from './drift.ts';
import { goalOf } from './goal-of.ts';
import { imageFacts } from './image-facts.ts';
import { memoryOfRunning, runningByUpgrade } from './known-running.ts';
import { machineOf } from './machine-of.ts';
import { recall, remember, rememberSeen } from './memory.ts';
import type { Observation } from './observation.ts';
import { endingOf } from './outcome.ts';
import { planOf } from './plan.ts';
import { runUpgrade, type UpgradeReport } from './run.ts';
import { tell, tellUncompared } from './tell.ts';
import { isWindowOpen, waitForWindow } from './wait-for-window.ts';

/** Effects of `SlotUpgrade`; see handled-resource.ts for how Pulumi comes here. */

/** Files are looked at and verified at preview; machines are not asked. */
export async function check(
  _olds: SlotUpgradeInputs,
  news: SlotUpgradeInputs,
): Promise<pulumi.dynamic.CheckResult<SlotUpgradeInputs>> {
  const { found: _found, plan: _plan, ...given } = news;
  if (isUnknown(given.image)) return { inputs: given };
  try {
    const found = await imageFacts(given.image, given.resourceUrn);
    return {
      inputs: { ...given, found, plan: planOf(given, found, await recall(given.resourceUrn, given.machine)) },
    };
  } catch (error) {
    return { inputs: given, failures: [checkFailure('image', error)] };
  }
}

export async function diff(
  _id: string,
  olds: SlotUpgradeState,
  news: SlotUpgradeInputs,
): Promise<pulumi.dynamic.DiffResult> {
  // Unknown because its server is about to be replaced.
  if (isUnknown(news.target.server)) return { changes: true, replaces: ['target'] };
  const { reason, ...result } = changesOf(olds, news);
  if (result.changes && news.plan) {
    const unknownNow = whyUnknown(olds, news);
    if (unknownNow !== undefined) {
      const look = `${unknownNow}; it is looked at first, ${news.plan.wave}`;
      await reportRemark(news.resourceUrn, 'info', `${news.machine}: ${reason}; ${look}`);
      return result;
    }
    const { slot, wave, bytes, time, unknown, refused } = await planNow(olds, news, news.plan);
    const open = unknown === undefined ? '' : `; not compared yet: ${unknown}`;
    // Not an error: it may have been installed anew since it was seen. The machine itself is asked before the first byte.
    if (refused !== undefined)
      await reportRemark(news.resourceUrn, 'warning', `${news.machine}: as it was last seen, ${refused}`);
    await reportRemark(
      news.resourceUrn,
      'info',
      `${news.machine}: ${reason}; slot ${slot}, ${wave}, ${bytes}, ${time}${open}`,
    );
  }
  return result;
}

/**
 * The plan with what the state knows of the machine: `check` has only what this checkout remembers. The same as
 * `bootfleet plan` shows.
 */
async function planNow(
  olds: SlotUpgradeState,
  news: SlotUpgradeInputs,
  checked: UpgradePlan,
): Promise<UpgradePlan> {
  const remembered = await recall(news.resourceUrn, news.machine);
  const running = runningByUpgrade(olds, remembered);
  if (!running.known) return checked;
  const found = await imageFacts(news.image, news.resourceUrn);
  return planOf(news, found, memoryOfRunning(running, remembered));
}

export async function create(
  inputs: SlotUpgradeInputs,
): Promise<pulumi.dynamic.CreateResult<SlotUpgradeState>> {
  return {
    id: inputs.target.server,
    outs: await uninterrupted((signal) => upgrade(inputs, undefined, signal)),
  };
}

export async function update(
  _id: string,
  olds: SlotUpgradeState,
  news: SlotUpgradeInputs,
): Promise<pulumi.dynamic.UpdateResult<SlotUpgradeState>> {
  return { outs: await uninterrupted((signal) => upgrade(news, olds, signal)) };
}

/** Looks at the machine as it is; what differs from the state is corrected by the next `pulumi up`. */
export async function read(
  id: string,
  state: SlotUpgradeState | undefined,
): Promise<pulumi.dynamic.ReadResult<SlotUpgradeState>> {
  // Pulumi reads without a state for an import only; an upgrade has nothing to import: creating it looks first.
  if (state === undefined) return {};
  // The deadline is short: a refresh looks and does not wait for a machine.
  const policy = {
    ...state.policy,
    deadlines: { ...state.policy.deadlines, contact: Math.min(10, state.policy.deadlines.contact) },
  };
  const machine = machineOf({ ...state, policy, found: await factsOf(state) });
  let seen: Observation;
  try {
    seen = await machine.observe();
  } catch (error) {
    const drift = `it does not answer: ${summaryOf(error)}`;
    await reportRemark(state.resourceUrn, 'warning', `${state.machine}: ${drift}`);
    const since = unseenSince(state.running.unseenSince, Date.now());
    const running = { build: '', slot: '', nextSlot: '', unseenSince: since };
    return { id, props: { ...state, running, drift } };
  } finally {
    await machine.close();
  }
  const running = { build: seen.build, slot: seen.running, nextSlot: seen.next ?? '' };
  const drift = driftOf(state, seen);
  if (drift !== '') await reportRemark(state.resourceUrn, 'warning', `${state.machine}: ${drift}`);
  await rememberSeen(state.resourceUrn, state.machine, seen);
  return { id, props: { ...state, running, drift } };
}

/** The machine is its server's. Nothing of an upgrade is left that would have to be taken away. */
async function del(): Promise<void> {
  await Promise.resolve();
}
export { del as delete };

async function upgrade(
  inputs: SlotUpgradeInputs,
  olds: SlotUpgradeState | undefined,
  signal: AbortSignal,
): Promise<SlotUpgradeState> {
  const found = await factsOf(inputs);
  const known = { ...inputs, found };
  if (inputs.skip !== '') return stateOf(known, notStarted(inputs.skip), olds, '');
  const { policy, machine: name, rollout, wave, resourceUrn } = inputs;
  const begun = performance.now();
  // One scheduler a rollout and stack: another stack has its own process.
  const flight = inFlightOf(rollout, policy, signal);
  for (;;) {
    const { closed, idle } = await untilWindow(known, signal);
    if (closed !== undefined) return stateOf(known, notStarted(closed), olds, '');
    reportProgress(resourceUrn, 'waiting for its turn');
    const turn = await flight.take(name, wave.number, async () => {
      // Others were at work meanwhile, and a window may have closed.
      if (!idle && !isWindowOpen(known, Date.now())) return { ending: 'untouched', result: undefined };
      const waited = (performance.now() - begun) / 1000;
      const done = await upgradeOnce(known, waited, signal);
      return { ending: endingOf(done.report.outcome), result: done };
    });
    if ('refused' in turn) return stateOf(known, notStarted(turn.refused), olds, '');
    if (turn.result === undefined) continue;
    const { report, seen, transcript } = turn.result;
    await remember(known, report, seen);
    await tell(known, report);
    await tellUncompared(inputs, found, report, seen);
    return stateOf(known, report, olds, transcript);
  }
}

/** Upgrades a machine whose turn it is. @param waited seconds until now, for the report. */
async function upgradeOnce(
  inputs: KnownInputs,
  waited: number,
  signal: AbortSignal,
): Promise<{ report: UpgradeReport; seen: Observation | undefined; transcript: string }> {
  const machine = machineOf(inputs);
  let seen: Observation | undefined;
  const { seconds, ...report } = await runUpgrade(machine, goalOf(inputs), {
    onStep: (text) => {
      reportProgress(inputs.resourceUrn, text);
    },
    onSeen: (now) => {
      seen = now;
    },
    signal,
  });
  const wait = Math.round(waited * 1000) / 1000;
  return { report: { ...report, seconds: { wait, ...seconds } }, seen, transcript: machine.transcript };
}

/**
 * Waits until the machine may be touched. One that runs what it shall (`idle`) needs no window: nothing is done to it.
 *
 * @returns `closed`: why it is not started.
 */
async function untilWindow(
  inputs: KnownInputs,
  signal: AbortSignal,
): Promise<{ readonly closed: string | undefined; readonly idle: boolean }> {
  const idle = !isWindowOpen(inputs, Date.now()) && (await hasNothingToDo(inputs));
  return { closed: idle ? undefined : await waitForWindow(inputs, signal), idle };
}

/** One look at the machine. One that does not answer has something to do. */
async function hasNothingToDo(inputs: KnownInputs): Promise<boolean> {
  const machine = machineOf(inputs);
  try {
    const seen = await machine.observe();
    if (seen.next !== seen.running) return false;
    const choice = choose(seen, inputs.found, true);
    if (choice.type === 'identify') return await machine.identify(choice.slot, inputs.found);
    return choice.type === 'nothing';
  } catch (error) {
    reportProgress(
      inputs.resourceUrn,
      `it does not answer: ${(error as Error).message.split('\n', 1)[0] ?? ''}`,
    );
    return false;
  } finally {
    await machine.close();
  }
}

function notStarted(why: string): UpgradeReport {
  return {
    outcome: 'not-started',
    why,
    from: '',
    to: '',
    slot: '',
    bytes: 0,
    mode: '',
    seconds: {},
    brokenLock: '',
  };
}

function stateOf(
  inputs: SlotUpgradeInputs,
  report: UpgradeReport,
  olds: SlotUpgradeState | undefined,
  transcript: string,
): SlotUpgradeState {
  const seen = { build: report.to, slot: report.slot, nextSlot: report.slot };
  const running = report.outcome === 'not-started' ? (olds?.running ?? seen) : seen;
  const drift = report.outcome === 'not-started' ? (olds?.drift ?? '') : '';
  return { ...inputs, ...report, running, drift, transcript };
}

/** `check` has put them there, unless something was unknown at preview. */
async function factsOf(inputs: SlotUpgradeInputs): Promise<SlotImageFacts> {
  return inputs.found ?? imageFacts(inputs.image, inputs.resourceUrn);
}
