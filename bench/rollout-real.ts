/**
 * Wall time of a rollout over some real machines, against the critical path that the machines' own phases give.
 *
 *   node bench/rollout-real.ts [--rounds 3] [--machines 3]
 *
 * One canary, then the others at once, each wave with 2 s of soak. The critical path is the canary's phases, the soak,
 * the slowest of the others, and the soak again. The wall time runs from the first machine that is asked what it runs to
 * the end of `pulumi up`. Each round moves the fleet to the next build.
 */
import { parseArgs } from 'node:util';
import { build, buildOf } from '../test/e2e/rollout/builds.ts';
import { Lab } from '../test/e2e/rollout/lab.ts';
import type { Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, machines: { type: 'string', default: '3' } },
});
/** Builds, each of which upgrades the one before. */
const builds = [2, 3, 4].slice(0, Number(values.rounds));
const machines = Number(values.machines);
const soak = 2;

await runBench(['qemu-system-x86_64'], async () => {
  const rollout = { waves: [1, '100%'], maxInFlight: Math.max(1, machines - 1), soak: `${soak}s` };
  const wanted = { count: machines, img: 1, fs: 1, other: `edge-${buildOf(1)}.fs`, rollout };
  const lab = await Lab.open(wanted, async (place) => {
    for (const version of [1, ...builds]) await build(place, version);
  });
  const walls: number[] = [];
  const paths: number[] = [];
  try {
    const first = await lab.stack.run('up', [], 1800);
    if (first.status !== 0) throw new Error(first.output.slice(-8000));
    for (const fs of builds) {
      await lab.change({ fs });
      const up = lab.stack.start('up');
      await up.until(/asking what it runs/);
      const begun = performance.now();
      const { status, output } = await up.done;
      walls.push((performance.now() - begun) / 1000);
      if (status !== 0) throw new Error(output.slice(-8000));
      const work = await secondsOfEach(lab);
      const [canary = 0, ...others] = Array.from(
        work.keys().toArray().toSorted(),
        (name) => work.get(name) ?? 0,
      );
      paths.push(canary + soak + (others.length > 0 ? Math.max(...others) + soak : 0));
      process.stderr.write(`build ${fs}: wall ${rounded(walls)} s, critical path ${rounded(paths)} s\n`);
    }
  } finally {
    await lab.close();
  }
  const [wall, path] = [sum(walls), sum(paths)];
  const figure: Figure = {
    name: `rollout over ${machines} real machines, ${builds.length} times: wall time`,
    value: wall,
    unit: 's',
    baseline: { name: 'critical path of the phases of each machine', value: path },
    ratio: wall / path,
    goal: 'at most 1.15',
    command: `node bench/rollout-real.ts --rounds ${builds.length} --machines ${machines}`,
  };
  console.log(JSON.stringify(figure));
});

/** Seconds that each machine's upgrade took, all phases together. */
async function secondsOfEach(lab: Lab): Promise<ReadonlyMap<string, number>> {
  const outcomes = await lab.outcomes();
  return new Map(
    Object.entries(outcomes).map(([name, outputs]) => {
      const { outcome, seconds } = outputs as { outcome: string; seconds: Readonly<Record<string, number>> };
      if (outcome !== 'upgraded') throw new Error(`${name} ended as ${outcome}`);
      const { wait = 0, ...work } = seconds;
      process.stderr.write(`${name}: ${JSON.stringify(work)}, waited ${wait} s\n`);
      return [name, sum(Object.values(work))];
    }),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function rounded(numbers: readonly number[]): string {
  return numbers.map((number) => number.toFixed(1)).join(', ');
}
