/**
 * Wall time of a rollout over three real machines, against the critical path that the machines' own phases give.
 *
 *   node bench/rollout-real.ts [--rounds 3]
 *
 * One canary, then two at once, each wave with 2 s of soak. The critical path is the canary's phases, the soak, the
 * slower of the two others, and the soak again. The wall time runs from the first machine that is asked what it runs to
 * the end of `pulumi up`. Each round moves the fleet to the next build.
 */
import { parseArgs } from 'node:util';
import { bad, Lab } from '../test/e2e/rollout/lab.ts';
import type { Figure } from './figure.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
/** Builds that the laboratory has, each of which upgrades the one before. */
const builds = [2, 4, 6].slice(0, Number(values.rounds));
const soak = 2;

const rollout = { waves: [1, '100%'], maxInFlight: 2, soak: `${soak}s` };
const lab = await Lab.open({ count: 3, img: 1, fs: 1, other: bad.unhealthy, rollout });
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
    const work = await secondsOfEach();
    const [canary = 0, ...others] = ['edge-1', 'edge-2', 'edge-3'].map((name) => work.get(name) ?? 0);
    paths.push(canary + soak + Math.max(...others) + soak);
    process.stderr.write(`build ${fs}: wall ${rounded(walls)} s, critical path ${rounded(paths)} s\n`);
  }
} finally {
  await lab.close();
}
const [wall, path] = [sum(walls), sum(paths)];
const figure: Figure = {
  name: `rollout over 3 real machines, ${builds.length} times: wall time`,
  value: wall,
  unit: 's',
  baseline: { name: 'critical path of the phases of each machine', value: path },
  ratio: wall / path,
  goal: 'at most 1.15',
  command: 'node bench/run.ts rollout-real',
};
console.log(JSON.stringify(figure));

/** Seconds that each machine's upgrade took, all phases together. */
async function secondsOfEach(): Promise<ReadonlyMap<string, number>> {
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
