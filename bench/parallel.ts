/**
 * So many machines from nothing to `booted` against one, both by `pulumi up` on real QEMU machines of the embedded cloud.
 *
 *   node bench/parallel.ts [--rounds 3] [--machines 3]
 *
 * The rounds alternate, so that a busy machine slows both; images and tools are cached, and each round begins with an
 * empty cloud. Without KVM three machines share two processors, so that three times the time is what no parallelism
 * at all would take.
 */
import { parseArgs } from 'node:util';
import { fleetText } from '../test/e2e/harness/fleet-file.ts';
import { buildImages, builds } from '../test/e2e/harness/images.ts';
import type { ServerOutput } from '../test/e2e/harness/machine.ts';
import { createStack } from '../test/e2e/harness/stack.ts';
import { openWorkplace } from '../test/e2e/harness/workplace.ts';
import { median, type Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, machines: { type: 'string', default: '3' } },
});
const rounds = Number(values.rounds);
const machines = Number(values.machines);

const fleetFile = (count: number): string => fleetText({ fleet: 'parallel', groups: { edge: { count } } });

await runBench(['qemu-system-x86_64'], async () => {
  const place = await openWorkplace();
  try {
    await place.startCloud();
    await buildImages(place, [{ version: 1 }]);
    const stack = await createStack(place, fleetFile(1));
    /** Seconds from nothing to `count` machines that are booted and proven so. */
    const bringUp = async (count: number): Promise<number> => {
      await stack.write(fleetFile(count));
      const began = performance.now();
      const up = await stack.run('up', [], 1800);
      const seconds = (performance.now() - began) / 1000;
      if (up.status !== 0)
        throw new Error(`pulumi up ended with ${up.status ?? 'a signal'}:\n${up.output.slice(-8000)}`);
      const servers = (await stack.outputs())['servers'] as Record<string, ServerOutput>;
      const right = Object.values(servers).filter(
        ({ installedBuild }) => installedBuild === builds.first,
      ).length;
      if (right !== count) throw new Error(`${right} of ${count} machines run the image`);
      const down = await stack.run('destroy');
      if (down.status !== 0) throw new Error(`pulumi destroy:\n${down.output.slice(-4000)}`);
      return seconds;
    };

    const one: number[] = [];
    const many: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      one.push(await bringUp(1));
      many.push(await bringUp(machines));
      process.stderr.write(
        `one: ${one.map(rounded).join(', ')} s, ${machines}: ${many.map(rounded).join(', ')} s\n`,
      );
    }
    const figure: Figure = {
      name: `${machines} machines from nothing to \`booted\` in parallel (pulumi up, real QEMU machines)`,
      value: rounded(median(many)),
      unit: 's',
      baseline: { name: 'one machine', value: rounded(median(one)) },
      ratio: rounded(median(many) / median(one)),
      goal: 'at most 2',
      command: `node bench/parallel.ts --rounds ${rounds} --machines ${machines}`,
    };
    process.stdout.write(`${JSON.stringify(figure)}\n`);
  } finally {
    await place.close();
  }
});

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
