/**
 * What a rollout costs beside the work on its machines:
 *
 *     node bench/rollout.ts [machines, default 1000] [rounds of the second figure, default 1]
 *
 * - wall time of simulated machines under one scheduler against the critical path that their durations give;
 * - `pulumi up` of that many simulated machines in waves of 10 %, against as many dynamic resources that do nothing. Both
 *   are run in turn, so that a busy machine slows both; of several rounds the medians count.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { InFlight } from '../components/rollout/in-flight.ts';
import { planWaves } from '../components/rollout/plan/waves.ts';
import { runUpgrade } from '../components/rollout/slot-upgrade/run.ts';
import { simulatedMachine } from '../components/rollout/slot-upgrade/simulated-machine.ts';
import type { SlotUpgradeInputs } from '../components/rollout/slot-upgrade/args.ts';
import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';
import { median, type Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';

const machines = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 1);
const command = `node bench/rollout.ts ${machines} ${rounds}`;
const tenPercent = Array.from({ length: 10 }, (_, i) => `${(i + 1) * 10}%`);

await runBench([], async () => {
  await wallTime();
  await overhead();
});

/** Waves one after the other, in each `maxInFlight` machines at once: the critical path is the sum of the waves' own. */
async function wallTime(): Promise<void> {
  const maxInFlight = 50;
  const seconds = 0.4;
  const names = Array.from({ length: machines }, (_, i) => `m-${i}`);
  const { waves } = planWaves(names, { waves: tenPercent, exclude: [], upTo: undefined });
  const flight = new InFlight({ maxInFlight, maxFailures: 0, maxFailuresTotal: 0 });
  const found = { build: '2', sha256: 'a'.repeat(64), sha512: '', bytes: 1000, verified: 'none' };
  const begun = performance.now();
  for (const wave of waves) {
    await Promise.all(
      wave.servers.map(async (name) => {
        const target = { server: name } as SlotUpgradeInputs['target'];
        const about = { machine: name, target, found } as SlotUpgradeInputs & { found: typeof found };
        const machine = simulatedMachine(about, {
          build: '1',
          transfer: seconds / 2,
          reboot: seconds / 2,
        });
        await flight.take(name, wave.number, async () => {
          const goal = { wanted: found, allowDowngrade: false, onFailure: 'rollback' } as const;
          const { outcome } = await runUpgrade(machine, goal);
          if (outcome !== 'upgraded') throw new Error(`${name} ended as ${outcome}`);
          return { ending: 'succeeded', result: undefined };
        });
      }),
    );
  }
  const wall = (performance.now() - begun) / 1000;
  const critical = waves.reduce(
    (sum, wave) => sum + Math.ceil(wave.servers.length / maxInFlight) * seconds,
    0,
  );
  print({
    name: `rollout of ${machines} simulated machines, ${maxInFlight} in flight: wall time`,
    value: wall,
    unit: 's',
    baseline: { name: 'critical path', value: critical },
    ratio: wall / critical,
    goal: 'at most 1.15',
  });
}

async function overhead(): Promise<void> {
  const trivials: number[] = [];
  const rollouts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bootfleet-bench-'));
    try {
      const fs = path.join(folder, 'edge-20261122_0900.fs');
      writeFileSync(fs, Buffer.alloc(65_536, 7));
      const plan = JSON.stringify({
        count: machines,
        fs,
        policy: { waves: tenPercent, maxInFlight: 50 },
        simulation: { build: '20261121_0900' },
      });
      trivials.push(await up(folder, 'trivial-dynamic', `trivial-dynamic:count: '${machines}'`));
      rollouts.push(await up(folder, 'rollout-simulated', `rollout-simulated:plan: '${plan}'`));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const [trivial, rollout] = [median(trivials), median(rollouts)];
  print({
    name: `pulumi up of ${machines} simulated upgrades in waves of 10 %: overhead a machine over trivial dynamic resources`,
    value: ((rollout - trivial) / machines) * 1000,
    unit: 'ms',
    baseline: { name: 'trivial resources, a machine', value: (trivial / machines) * 1000 },
    ratio: rollout / trivial,
    goal: 'at most 60 ms',
  });
}

/** Seconds of one `pulumi up` from nothing. */
async function up(folder: string, project: string, config: string): Promise<number> {
  const env = {
    ...process.env,
    ...(await pulumiEnvironment()),
    PULUMI_BACKEND_URL: `file://${folder}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: 'bench',
    BOOTFLEET_DATA: path.join(folder, 'data'),
  };
  const cwd = path.join(import.meta.dirname, project);
  const file = path.join(folder, `${project}.yaml`);
  writeFileSync(file, `config:\n  ${config}\n`);
  const run = (...words: string[]): void => {
    execFileSync('pulumi', words, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'], maxBuffer: 2 ** 30 });
  };
  run('stack', 'init', project);
  rmSync(path.join(cwd, `Pulumi.${project}.yaml`), { force: true });
  const begun = performance.now();
  run('up', '--stack', project, '--config-file', file, '--yes', '--skip-preview', '--non-interactive');
  return (performance.now() - begun) / 1000;
}

function print(figure: Omit<Figure, 'command'>): void {
  console.log(JSON.stringify({ ...figure, command }));
}
