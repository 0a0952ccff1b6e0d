import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inventory } from '../../clouds/scaleway/inventory.ts';
import { resolveEndpoints } from '../../clouds/scaleway/endpoints.ts';
import { markedProcesses } from '../../test/e2e/harness/marked-processes.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { inject, type Injected } from './inject.ts';
import type { FaultsPlace } from './place.ts';
import { mayEndWithoutCode, planRun, type PlannedFault, type RunPlan } from './plan.ts';
import { isOfCloud } from './processes.ts';
import { fileOf, fleetName, namesOf, shapeOf, type Shape } from './shape.ts';
import { violations, type SeenCommand, type SeenServer } from './verdict.ts';

/** One run of the campaign: a line of its log. */
export interface FaultRun {
  readonly run: number;
  /** The run that this worker did before; 0: none, the cloud was empty. To be given again when the run is repeated. */
  readonly previous: number;
  readonly shape: Shape;
  readonly command: RunPlan['command'];
  readonly clean: RunPlan['clean'];
  readonly injected: readonly Injected[];
  /** How the command with faults ended: exit status, or the signal; and its first error code. */
  readonly ended: string;
  readonly seconds: number;
  /** Absent when all was as it must be. */
  readonly failure?: {
    readonly why: readonly string[];
    /** The ends of what the two commands printed, and of the daemon's log. */
    readonly faulty: string;
    readonly clean: string;
    readonly daemon: string;
  };
}

/** Seconds that one command may take. A fleet of four needs ten. */
const limit = 240;

/** Where a worker stands before a run. */
export interface Standing {
  readonly previous: number;
  /** Names of the servers that there are. */
  readonly names: readonly string[];
}

/**
 * Does one run: writes its fleet file, runs its command with its faults, then the clean command, and judges. Never throws
 * for what bootfleet does wrong: that is a failed run.
 */
export async function runOnce(
  place: FaultsPlace,
  campaign: number,
  run: number,
  from: Standing,
): Promise<FaultRun> {
  const begun = performance.now();
  const { stack } = place;
  const shape = shapeOf(campaign, run);
  const { command, clean, faults } = planRun(campaign, run);
  const before = await servers(place);
  await stack.write(fileOf(shape));
  for (const fault of faults) if (fault.kind === 'api') await place.api.fault(fault.fault);

  const running = stack.start(command, [], limit);
  const started = performance.now();
  const all = await Promise.all(faults.map((fault) => inject(place, running, fault)));
  const faulty = await seen(running.done, started);
  const daemonDied = await restartCloud(place, faults);
  const injected = await countHits(place, all);
  await place.api.clearFaults();
  const between = await servers(place);

  const repairs: string[] = [];
  const repair = async (): Promise<void> => {
    const { status, stderr } = await place.bootfleet(['repair', stack.name, '--yes']);
    if (status !== 0) repairs.push(`bootfleet repair: ${stderr.trim().split('\n')[0] ?? ''}`);
  };
  if (wasKilled(faults) || tellsRepair(faulty.output)) await repair();
  // Machines of this cloud die with its daemon; that they are off is for a refresh to find.
  const more = daemonDied && clean === 'up' ? ['--refresh'] : [];
  let second = await again(place, clean, more);
  if (second.status !== 0 && tellsRepair(second.output)) {
    await repair();
    second = await again(place, clean, more);
  }

  const wanted = clean === 'up' ? namesOf(shape) : [];
  const why = [
    ...repairs,
    ...violations({
      faulty,
      codeless: mayEndWithoutCode(faults),
      clean: second,
      kept: command === 'up' ? from.names.filter((name) => wanted.includes(name)) : [],
      before,
      between,
      after: await servers(place),
      wanted,
      leaks: await leaks(place),
      counts: await counts(place),
      processes: await leftProcesses(place),
    }),
  ];
  const code = /BF\d{4}/.exec(faulty.output)?.[0];
  const ended = `${faulty.status ?? 'signal'}${code === undefined ? '' : ` ${code}`}`;
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const record = {
    ...{ run, previous: from.previous, shape, command, clean, injected, ended },
    seconds,
  };
  if (why.length === 0) return record;
  const daemon = await readFile(join(place.env['BOOTFLEET_HOME'] ?? '', 'localcloud', 'daemon.log'), 'utf8');
  const parts = {
    faulty: faulty.output.slice(-6000),
    clean: second.output.slice(-6000),
    daemon: daemon.slice(-4000),
  };
  return { ...record, failure: { why, ...parts } };
}

async function again(
  place: FaultsPlace,
  command: RunPlan['clean'],
  more: readonly string[],
): Promise<SeenCommand> {
  const started = performance.now();
  return seen(place.stack.run(command, more, limit), started);
}

async function seen(
  done: Promise<{ readonly status: number | undefined; readonly output: string }>,
  started: number,
): Promise<SeenCommand> {
  const { status, output } = await done;
  return { status, output, late: performance.now() - started >= limit * 1000 };
}

/** The daemon, when it was killed and is not back yet. @returns whether it was killed */
async function restartCloud(place: FaultsPlace, faults: readonly PlannedFault[]): Promise<boolean> {
  await place.startCloud();
  return faults.some((fault) => fault.kind === 'kill' && fault.victim === 'daemon');
}

/** How often each API fault hit: so many times fewer than wanted are left. A daemon that was killed has forgotten them. */
async function countHits(place: FaultsPlace, all: readonly Injected[]): Promise<readonly Injected[]> {
  const { body } = await place.api.call('GET', '/bootfleet/v1/faults');
  const { faults: left } = body as { faults: { method: string | null; path: string; times: number }[] };
  return all.map((one) => {
    if (one.fault.kind !== 'api') return one;
    const { method = null, path, times } = one.fault.fault;
    const still = left.find((fault) => fault.method === method && fault.path === path);
    return { ...one, hit: Number(times) - (still?.times ?? 0) };
  });
}

/** What a kill leaves is put in order as docs/architecture.md tells. */
function wasKilled(faults: readonly PlannedFault[]): boolean {
  return faults.some((fault) => fault.kind === 'kill' && !['daemon', 'storage'].includes(fault.victim));
}

function tellsRepair(output: string): boolean {
  return /bootfleet repair|pulumi cancel/.test(output);
}

async function servers(place: FaultsPlace): Promise<readonly SeenServer[]> {
  return (await place.api.servers()).map(({ id, name, state, state_detail: detail, tags }) => ({
    ...{ id, name, state, detail, tags },
  }));
}

async function leaks(place: FaultsPlace): Promise<readonly string[]> {
  const { stack } = place;
  const { stdout, stderr } = await place.bootfleet([
    'leaks',
    stack.name,
    '--file',
    stack.fleetFile,
    '--json',
  ]);
  if (!stdout.startsWith('[')) return [`bootfleet leaks: ${stderr.trim()}`];
  const found = JSON.parse(stdout) as { kind: string; name: string; id: string; why: string }[];
  return found.map(({ kind, name, id, why }) => `${kind} ${name} (${id}): ${why}`);
}

/** How many of each kind carry the fleet's tag. */
async function counts(place: FaultsPlace): Promise<Readonly<Record<string, number>>> {
  const at = await resolveEndpoints({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' }, place.env);
  const found: Record<string, number> = {};
  for (const { kind, tags } of await inventory(at, 'fr-par-1'))
    if (tags.includes(`fleet:${fleetName}`)) found[kind] = (found[kind] ?? 0) + 1;
  return found;
}

/** What is left beside the cloud's own processes once those that end by themselves had time for it. */
async function leftProcesses(place: FaultsPlace): Promise<readonly string[]> {
  const deadline = Deadline.after(15);
  return poll<readonly string[]>({
    probe: async () => {
      const left = (await markedProcesses(place.mark)).filter((one) => !isOfCloud(one));
      return left.length === 0 || deadline.passed ? left.map(({ command }) => command) : undefined;
    },
    deadline: Deadline.after(30),
    every: 0.2,
    onTimeout: () => new Error('processes could not be listed'),
  });
}
