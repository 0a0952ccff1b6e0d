import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pulumiEnvironment } from '../../../scripts/setup/pulumi/environment.ts';

/**
 * Waves, gates and outcomes under the real CLI. The machines are simulated (they only take time); what real machines do
 * is shown by test/components/rollout/vm.
 */
const cwd = path.join(import.meta.dirname, '../../../bench/rollout-simulated');
let folder: string;
let env: NodeJS.ProcessEnv;
const image = (day: number): string => path.join(folder, `edge-202611${day}_0900.fs`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-rollout-'));
  env = {
    ...process.env,
    ...(await pulumiEnvironment()),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: 'test',
    BOOTFLEET_DATA: path.join(folder, 'data'),
  };
  for (const day of [21, 22, 23]) await writeFile(image(day), randomBytes(50_000));
  await execa('pulumi', ['stack', 'init', 'sim'], { cwd, env });
  await rm(path.join(cwd, 'Pulumi.sim.yaml'), { force: true });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** @param interruptAt sends Pulumi SIGINT once this was printed, as Ctrl-C does. */
async function up(
  plan: object,
  interruptAt?: RegExp,
): Promise<{ status: number | undefined; output: string; outcomes: Record<string, string> }> {
  const config = path.join(folder, 'config.yaml');
  const text = JSON.stringify({ count: 4, simulation: { build: '20261121_0900', reboot: 0.2 }, ...plan });
  await writeFile(config, `config:\n  rollout-simulated:plan: '${text}'\n`);
  const words = [
    'up',
    '--stack',
    'sim',
    '--config-file',
    config,
    '--yes',
    '--skip-preview',
    '--non-interactive',
  ];
  const running = execa('pulumi', words, { cwd, env, all: true, reject: false });
  let printed = '';
  running.all.on('data', (text: Buffer) => {
    const before = interruptAt?.test(printed);
    printed += text.toString();
    if (!before && interruptAt?.test(printed)) running.kill('SIGINT');
  });
  const { exitCode, all } = await running;
  const outputs = await execa('pulumi', ['stack', 'export', '--stack', 'sim'], { cwd, env });
  const { deployment } = JSON.parse(outputs.stdout) as {
    deployment: { resources: { type: string; urn: string; outputs?: { outcome?: string } }[] };
  };
  const upgrades = deployment.resources.filter(({ type }) => type.endsWith('SlotUpgrade'));
  const outcomes = Object.fromEntries(
    upgrades.map(({ urn, outputs: found }) => [urn.slice(urn.lastIndexOf(':') + 1), found?.outcome ?? '']),
  );
  return { status: exitCode, output: all, outcomes };
}

const waves = { waves: [1, '50%', '100%'], maxInFlight: 2 };

describe('a rollout of four machines', () => {
  test('first installation: all unchanged', async () => {
    const { status, outcomes } = await up({ fs: image(21), policy: waves });
    expect(status).toBe(0);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['unchanged']));
  });

  test('a canary that fails stops everything behind it, with a table and exit status', async () => {
    const { status, output, outcomes } = await up({
      fs: image(22),
      policy: waves,
      fails: { 'm-1': 'unhealthy' },
    });
    expect(status).not.toBe(0);
    expect(output).toMatch(/BF1705: canary: 1 of 1 machines failed, allowed are 0/);
    expect(output).toMatch(/m-1 +canary +rolled-back +it is unhealthy +mend the build/);
    expect(outcomes).toEqual({
      'm-1': 'rolled-back',
      'm-2': 'unchanged',
      'm-3': 'unchanged',
      'm-4': 'unchanged',
    });
  });

  test('the next up tries it again and completes; another one changes nothing', async () => {
    const plan = { fs: image(22), policy: waves };
    const { status, outcomes } = await up(plan);
    expect(status).toBe(0);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['upgraded']));
    expect((await up(plan)).output).toMatch(/\b\d+ unchanged\n(?!.*updated)/s);
  });

  test('a failure below the threshold lets the waves go on, and the update still fails at its end', async () => {
    const policy = { ...waves, maxFailures: 1 };
    const { status, output, outcomes } = await up({ fs: image(23), policy, fails: { 'm-2': 'stuck' } });
    expect(status).not.toBe(0);
    expect(outcomes).toMatchObject({ 'm-1': 'upgraded', 'm-2': 'stuck', 'm-4': 'upgraded' });
    expect(output).toMatch(/BF1705: rollout: 1 of 4 machines did not come to their build/);
    expect(output).toMatch(/NEITHER SLOT COMES UP/);
  });

  test('upTo pauses behind the canary; excluded servers are left alone', async () => {
    const policy = { ...waves, upTo: 'canary', exclude: ['m-4'] };
    const { status, outcomes } = await up({ fs: image(22), policy: { ...policy, allowDowngrade: true } });
    expect(status).toBe(0);
    expect(outcomes).toMatchObject({ 'm-1': 'upgraded' });
  });

  test('Ctrl-C: the machine in work is finished, none that waits for its turn is begun', async () => {
    const simulation = { build: '20261121_0900', reboot: 3 };
    const policy = { waves: ['100%'], maxInFlight: 1 };
    const { status, output } = await up({ fs: image(23), policy, simulation }, /m-2 .*waiting for its turn/);
    expect(status).not.toBe(0);
    const worked = [...output.matchAll(/SlotUpgrade (m-\d) .*(?:asking|sending|rebooting|checking)/g)];
    expect(new Set(worked.map(([, name]) => name)).size, output).toBe(1);
  });
});
