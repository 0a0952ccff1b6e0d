/**
 * Many servers: what Pulumi, bootfleet's resources and the provider stand-in cost where the machines cost nothing.
 *
 *   node bench/scale.ts [--servers 100] [--rounds 3] [--up true] [--keep]
 *
 * The cloud is the embedded one with simulated machines: consoles and SSH ports play a boot (localcloud/simulated), no
 * disk is written, nothing runs. Everything else is real: CLI, program, dynamic providers, object storage, API, console
 * dialogues, SSH. Held against as many dynamic resources that do nothing, run in turn with the fleet.
 */
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { checkout } from '../scripts/setup/folders.ts';
import { fleetText } from '../test/e2e/harness/fleet-file.ts';
import { buildImages, undatedImage } from '../test/e2e/harness/images.ts';
import { createStack } from '../test/e2e/harness/stack.ts';
import { openWorkplace, type Workplace } from '../test/e2e/harness/workplace.ts';
import { median, type Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    up: { type: 'string', default: 'true' },
    keep: { type: 'boolean', default: false },
  },
});
const servers = Number(values.servers);
const rounds = Number(values.rounds);
const command = `node bench/scale.ts --servers ${servers} --rounds ${rounds} --up ${values.up}`;

/** Something to run `pulumi` on. */
interface Project {
  run(command: 'preview' | 'up' | 'destroy'): Promise<number>;
  exported(): Promise<string>;
}

await runBench([], async () => {
  // The machines cost nothing, so that they need not wait for each other.
  const place = await openWorkplace({ BOOTFLEET_BOOTS_AT_ONCE: '64' });
  try {
    await place.startCloud({ machines: 'scripted' });
    await buildImages(place, [{ version: 1 }]);
    const fleet = await fleetProject(place, await undatedImage(place));
    const resources = await countResources(place);
    note(`${servers} servers are ${resources} resources`);
    const trivial = await trivialProject(place, resources);
    const of = `${servers} servers (${resources} resources)`;
    await compare(`Preview of ${of} from nothing`, 'preview', resources, fleet, trivial, rounds);
    if (values.up === 'true') {
      await compare(`First up of ${of}`, 'up', resources, fleet, trivial, 1);
      const [ours, theirs] = [stored(await fleet.exported()), stored(await trivial.exported())];
      report(`State of ${of}`, ours, theirs, resources, 'bytes');
      await compare(`Preview of ${of}, nothing changed`, 'preview', resources, fleet, trivial, rounds);
      await compare(`Up of ${of}, nothing changed`, 'up', resources, fleet, trivial, rounds);
      await compare(`Destroy of ${of}`, 'destroy', resources, fleet, trivial, 1);
    }
  } finally {
    if (values.keep) note(`kept: ${place.folder}`);
    else await place.close();
  }
});

async function fleetProject(at: Workplace, edge: { readonly img: string }): Promise<Project> {
  const stack = await createStack(
    at,
    fleetText({ fleet: 'scale', images: { edge }, groups: { edge: { count: servers } } }),
  );
  return {
    run: async (what) => {
      const began = performance.now();
      const { status, output } = await stack.run(what, [], 3600);
      if (status !== 0)
        throw new Error(`${what} of the fleet ended with ${status ?? 'a signal'}:\n${output.slice(-8000)}`);
      return (performance.now() - began) / 1000;
    },
    exported: () => stack.exported(),
  };
}

/** Bytes as Pulumi stores them. What it exports is indented, and the deeper a value lies the more of it are blanks. */
function stored(exported: string): number {
  return JSON.stringify(JSON.parse(exported)).length;
}

/** How many resources the fleet's first up makes, by what Pulumi says. */
async function countResources(at: Workplace): Promise<number> {
  const { stdout } = await execa(
    'pulumi',
    [
      'preview',
      '--stack',
      'local',
      '--config-file',
      join(at.folder, 'stacks', 'Pulumi.local.yaml'),
      '--json',
    ],
    { cwd: checkout, env: { ...at.env }, extendEnv: false, stdin: 'ignore', maxBuffer: 1 << 30 },
  );
  const { changeSummary } = JSON.parse(stdout) as { changeSummary: { create: number } };
  // The stack itself is one, which the other project has too.
  return changeSummary.create - 1;
}

async function trivialProject(at: Workplace, count: number): Promise<Project> {
  const folder = join(at.folder, 'trivial');
  await cp(join(import.meta.dirname, 'scale-trivial'), folder, { recursive: true });
  await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  const options = {
    cwd: folder,
    env: { ...at.env, BOOTFLEET_COUNT: String(count) },
    extendEnv: false,
    stdin: 'ignore',
    maxBuffer: 1 << 30,
  } as const;
  await execa('pulumi', ['stack', 'init', 'trivial', '--non-interactive'], options);
  return {
    run: async (what) => {
      const confirm = what === 'preview' ? [] : ['--yes', '--skip-preview'];
      const began = performance.now();
      await execa(
        'pulumi',
        [what, '--stack', 'trivial', '--non-interactive', '--color', 'never', ...confirm],
        options,
      );
      return (performance.now() - began) / 1000;
    },
    exported: async () => (await execa('pulumi', ['stack', 'export', '--stack', 'trivial'], options)).stdout,
  };
}

/** Runs both in turn, so that a busy machine slows both. */
async function compare(
  name: string,
  what: 'preview' | 'up' | 'destroy',
  resources: number,
  fleet: Project,
  trivial: Project,
  times: number,
): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < times; round += 1) {
    theirs.push(await trivial.run(what));
    ours.push(await fleet.run(what));
    note(`${name}: fleet ${ours.map(rounded).join(', ')} s, trivial ${theirs.map(rounded).join(', ')} s`);
  }
  report(name, median(ours), median(theirs), resources, 's');
}

function report(name: string, value: number, baseline: number, resources: number, unit: string): void {
  const figure: Figure = {
    name,
    value: rounded(value),
    unit,
    baseline: { name: `${resources} dynamic resources that do nothing`, value: rounded(baseline) },
    ratio: rounded(value / baseline),
    goal: 'at most 1.5',
    command,
  };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
