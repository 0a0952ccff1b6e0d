import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { KnownInputs } from '../../../../components/rollout/slot-upgrade/args.ts';
import { goalOf } from '../../../../components/rollout/slot-upgrade/goal-of.ts';
import { imageFacts } from '../../../../components/rollout/slot-upgrade/image-facts.ts';
import { machineOf } from '../../../../components/rollout/slot-upgrade/machine-of.ts';
import { recall, remember } from '../../../../components/rollout/slot-upgrade/memory.ts';
import type { Observation } from '../../../../components/rollout/slot-upgrade/observation.ts';
import { runUpgrade } from '../../../../components/rollout/slot-upgrade/run.ts';
import { simulatedTarget } from '../../../../components/rollout/slot-upgrade/simulated-target.ts';
import type { Simulation } from '../../../../components/rollout/slot-upgrade/simulation.ts';
import { upgradePolicy } from '../../../../components/rollout/upgrade-policy.ts';
import { resolvePolicy } from '../../../../components/rollout/policy.ts';
import type { GateMachine, WaveGateState } from '../../../../components/rollout/wave-gate/args.ts';
import * as gate from '../../../../components/rollout/wave-gate/handler.ts';
import { againRemarks } from '../../../../components/rollout/wave-gate/upgrade-again.ts';
import type { StoredGateInputs } from '../../../../components/rollout/wave-gate/stored-inputs.ts';
import { gateInputs, gateUrn as urn } from './gate-inputs.ts';

/** Gates with simulated machines that were upgraded just before, from build 20261121_0900 in slot d. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'bootfleet-soaking-'));
const image = { fs: path.join(folder, 'edge-20261122_0900.fs'), checksums: [] };
writeFileSync(image.fs, randomBytes(10_000));
const simulation: Simulation = { build: '20261121_0900' };
let count = 0;

beforeEach(() => {
  vi.stubEnv('BOOTFLEET_DATA', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function inputsOf(one: GateMachine, fails?: Simulation['fails']): Promise<KnownInputs> {
  if (!one.target) throw new Error('no target');
  return {
    rollout: 'demo',
    machine: one.machine,
    target: { ...one.target, simulated: { ...simulation, ...(fails && { fails }) } },
    image,
    wave: { number: 1, name: 'canary' },
    skip: '',
    policy: upgradePolicy(resolvePolicy({})),
    resourceUrn: urn,
    found: await imageFacts(image, urn),
  };
}

/** A machine whose upgrade has succeeded. */
async function upgraded(fails?: Simulation['fails']): Promise<GateMachine> {
  const machine = `m-${++count}`;
  const target = simulatedTarget(machine, simulation);
  const made = { machine, target, image, sha256: '', outcome: 'upgraded' as const, why: '', transcript: '' };
  const inputs = await inputsOf(made, fails);
  let seen: Observation | undefined;
  const report = await runUpgrade(machineOf(inputs), goalOf(inputs), {
    onSeen: (now) => {
      seen = now;
    },
  });
  expect(report.outcome).toBe('upgraded');
  await remember(inputs, report, seen);
  return { ...made, target: inputs.target, sha256: inputs.found.sha256 };
}

const inputs: typeof gateInputs = (machines, more) => gateInputs(machines, { soak: 0.05, ...more });

/** The state of a gate that fails, and what it says. */
async function failing(work: Promise<unknown>): Promise<WaveGateState & { message: string }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { properties: WaveGateState },
  );
  if (!error) throw new Error('the gate passed');
  return { ...error.properties, message: error.message };
}

async function slotOf(one: GateMachine): Promise<string> {
  return (await machineOf(await inputsOf(one)).observe()).running;
}

test('a wave without health checks soaks as well: its machines must answer and run their build', async () => {
  const { outs } = await gate.create(inputs([await upgraded()]));
  expect(outs?.verdict).toBe('passed');
});

test('a machine that hangs is brought back at its console, to the slot that it came from', async () => {
  const [one, other] = [await upgraded('hung'), await upgraded()];
  const { message, broughtBack } = await failing(gate.create(inputs([one, other])));
  expect(message).toMatch(/1 of 2 machines were unhealthy during the soak/);
  expect(message).toMatch(/rolled-back +it does not answer/);
  expect(broughtBack.map(({ machine }) => machine)).toEqual([one.machine]);
  expect(await slotOf(one)).toBe('d');
  expect(await slotOf(other)).toBe('e');
  expect(await recall(urn, one.machine)).toMatchObject({ build: '20261121_0900', slot: 'd', otherSlot: 'e' });
});

test('a machine that somebody put back to its old build is not healthy, and is not put to the new one', async () => {
  const one = await upgraded();
  const machine = machineOf(await inputsOf(one));
  await machine.nameNext('d');
  await machine.reboot();
  const { message } = await failing(gate.create(inputs([one])));
  expect(message).toMatch(/rolled-back +it runs 20261121_0900 from slot d, not 20261122_0900/);
  expect(await slotOf(one)).toBe('d');
});

test('who was brought back stays noted until it runs its build: it never passes for a healthy old one', async () => {
  const one = await upgraded('sick');
  const first = await failing(gate.create(inputs([one])));
  const well = { ...one, target: (await inputsOf(one)).target };
  const again = (more: Partial<StoredGateInputs>, olds: WaveGateState): ReturnType<typeof gate.update> =>
    gate.update('id', olds, inputs([well], more));

  const noWindow = { times: [closedWindow()], outside: 'fail' as const, longest: 0 };
  const outside = await failing(again({ policy: { windows: noWindow } }, first));
  expect(outside.message).toMatch(/not-started +m-\d may only be touched in its maintenance window/);
  expect(await slotOf(one)).toBe('d');

  const paused = await again({ paused: true }, outside);
  expect(paused.outs).toMatchObject({ verdict: 'paused', broughtBack: [{ machine: one.machine }] });
  expect(await slotOf(one)).toBe('d');

  const bad = { ...one, target: (await inputsOf(one, 'unhealthy')).target };
  const worse = await failing(gate.update('id', paused.outs ?? outside, inputs([bad])));
  expect(worse.message).toMatch(/rolled-back +it is unhealthy/);

  const { outs } = await again({}, worse);
  expect(outs).toMatchObject({ verdict: 'passed', broughtBack: [] });
  expect(await slotOf(one)).toBe('e');
});

test('a preview says who will be upgraded again', async () => {
  const [one, other] = [await upgraded('sick'), await upgraded()];
  const failed = await failing(gate.create(inputs([one, other])));
  expect(againRemarks(failed, [one, other])).toEqual([
    `${one.machine}: it was brought back in its soak; upgraded again`,
  ]);
  expect(againRemarks(failed, [{ ...one, sha256: 'other' }, other])).toEqual([]);
  expect(againRemarks(failed, undefined)[0]).toContain('unless its image changed');
});

/** A window that opens in twelve hours. */
function closedWindow(): string {
  const clock = (hours: number): string =>
    new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return `daily ${clock(12)}-${clock(13)}`;
}
