import { setTimeout as pause } from 'node:timers/promises';
import { isSuccess } from '../../../../../components/rollout/slot-upgrade/outcome.ts';
import type { RolloutPolicy } from '../../../../../components/rollout/policy.ts';
import type { UpgradeReport } from '../../../../../components/rollout/slot-upgrade/run.ts';
import { Orchestrator } from '../orchestrator/orchestrator.ts';
import type { QemuMachine } from '../qemu-machine.ts';
import type { TestImage } from '../test-images.ts';
import type { Cut } from './cut.ts';
import { lookAt, type Slots } from './look.ts';
import { planCut, type CutPlan } from './plan-cut.ts';

/** A machine whose power is cut, and the process that upgrades it. */
export interface CutBench {
  readonly machine: QemuMachine;
  readonly images: readonly TestImage[];
  /** Replaced when it was killed. */
  orchestrator: Orchestrator;
}

/** How to make one cut. */
export interface CutOrder {
  /** Number in its campaign, from 1. */
  readonly cut: number;
  readonly seed: number;
  /** Whether an upgrade is let complete afterwards. */
  readonly complete: boolean;
}

const policy = (mode: CutPlan['mode']): RolloutPolicy => ({
  allowDowngrade: true,
  transfer: { mode },
  deadlines: { contact: '120s', boot: '120s', failBack: '180s' },
});

/**
 * Cuts a machine's power in an upgrade, gives it back, and checks that the machine comes up on a build that is known and
 * that the next upgrade completes. Never throws for what the machine or the upgrade does wrong: that is a failed cut.
 */
export async function cutPower(bench: CutBench, { cut, seed, complete }: CutOrder): Promise<Cut> {
  const begun = performance.now();
  const steps: string[] = [];
  const seen: { -readonly [K in keyof Cut]?: Cut[K] } = {};
  let failure: Cut['failure'];
  try {
    await attempt(bench, { cut, seed, complete }, seen, (text) => {
      steps.push(`${((performance.now() - begun) / 1000).toFixed(1)} ${text}`);
    });
  } catch (error) {
    const why = (error as Error).message;
    failure = { why, steps: steps.slice(-80), console: bench.machine.consoleTail(6000) };
  }
  const empty = { from: '', wanted: '', at: 0, during: '', first: '', build: '', slot: '', next: '' };
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  return { cut, ...planCut(seed, false), ...empty, ...seen, seconds, ...(failure && { failure }) };
}

async function attempt(
  bench: CutBench,
  { seed, complete }: CutOrder,
  seen: { -readonly [K in keyof Cut]?: Cut[K] },
  onStep: (text: string) => void,
): Promise<void> {
  const { machine } = bench;
  const before = await lookAt(machine);
  const plan = Object.assign(seen, planCut(seed, before.other !== ''));
  const wanted = wantedOf(bench.images, before, plan);
  Object.assign(seen, { from: before.build, wanted: wanted.build });

  const reached = Promise.withResolvers<undefined>();
  const begun = performance.now();
  const upgrade = await bench.orchestrator.upgrade(machine.order(wanted, policy(plan.mode)), (text) => {
    onStep(text);
    if (seen.at === undefined) seen.during = text;
    if (text.startsWith(plan.aim)) reached.resolve(undefined);
  });
  // An upgrade that ends without that step is cut at its end.
  await Promise.race([reached.promise, upgrade.ended]);
  await pause(plan.after * 1000);
  seen.at = Math.round((performance.now() - begun) / 10) / 100;
  onStep('power cut');
  if (plan.orchestrator === 'killed') {
    await Promise.all([bench.orchestrator.kill(), machine.cutPower()]);
    bench.orchestrator = new Orchestrator(machine.cloud);
  } else await machine.cutPower();
  await machine.powerOn();
  onStep('power is back');

  // One that lives on goes on by itself; one that was killed does nothing any more.
  const first = await upgrade.ended;
  seen.first = first?.outcome ?? '';
  const after = await lookAt(machine);
  Object.assign(seen, { build: after.build, slot: after.slot });
  onStep(`it runs ${after.build} from slot ${after.slot}`);
  checkSlots(before, after, wanted, first);
  if (!complete) return;

  const next = await (
    await bench.orchestrator.upgrade(machine.order(wanted, policy(plan.mode)), onStep)
  ).ended;
  seen.next = next?.outcome ?? 'killed';
  if (!next || !isSuccess(next.outcome) || next.to !== wanted.build)
    throw new Error(`the next upgrade ended as ${seen.next}: ${next?.why ?? ''}`);
}

/** What to upgrade to: what the other slot holds for a switch, else what neither slot does. */
function wantedOf(images: readonly TestImage[], before: Slots, plan: CutPlan): TestImage {
  const wanted = images.find(({ build }) =>
    plan.kind === 'switch' ? build === before.other : build !== before.other && build !== before.build,
  );
  if (!wanted || !images.some(({ build }) => build === before.build))
    throw new Error(`before the upgrade it runs build "${before.build}"`);
  return wanted;
}

/** Each slot holds what it must, and the upgrade that lived on told the truth. */
function checkSlots(before: Slots, after: Slots, wanted: TestImage, first: UpgradeReport | undefined): void {
  const must = after.slot === before.slot ? before.build : wanted.build;
  if (after.build !== must)
    throw new Error(`it came up with build "${after.build}" in slot ${after.slot} instead of "${must}"`);
  if (!first) return;
  const claimed = isSuccess(first.outcome) ? wanted.build : first.to;
  if (claimed !== '' && claimed !== after.build)
    throw new Error(`the upgrade ended as ${first.outcome} with ${claimed}, but ${after.build} runs`);
}
