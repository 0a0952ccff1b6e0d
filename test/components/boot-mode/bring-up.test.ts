import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test as eachTest, vi } from 'vitest';
import type { BootInputs } from '../../../components/boot-mode/args.ts';
import type { BootContext, Findings } from '../../../components/boot-mode/context.ts';
import { realEffects } from '../../../components/boot-mode/effects.ts';
import { ensureBooted } from '../../../components/boot-mode/ensure-booted.ts';
import type { Note } from '../../../components/boot-mode/note.ts';
import { withDefaults } from '../../../components/boot-mode/waits.ts';
import { bootObjectMissing } from '../../../errors/storage.ts';
import { codeOf, FakeMachine, hostKey, sha256, type Trouble } from './fake-machine.ts';

// Each waits half a second for a quiet console, so that they run side by side.
const test = eachTest.concurrent;

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'bootfleet-boot-'));
  vi.stubEnv('BOOTFLEET_DATA', data);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(data, { recursive: true });
});

const inputs: BootInputs = {
  cloud: { kind: 'scaleway', zone: 'fr-par-1' },
  server: 'abc',
  machine: 'edge-1',
  mode: 'ipxe-console',
  scriptUrl: 'http://169.254.42.2:40002/b/boot/0123456789abcdef.ipxe',
  blankDiskScriptUrl: 'http://169.254.42.2:40002/b/boot/blank.ipxe',
  image: { name: 'edge', sha256, bytes: 1000000, build: '20261121_0900' },
  ssh: { user: 'root', keyFile: 'key' },
  resourceUrn: 'urn:pulumi:local::bootfleet::pulumi-nodejs:dynamic/bootfleet:BootMode::edge-1',
};

function contextOf(machine: FakeMachine, findings: Findings = {}): BootContext {
  return {
    cloud: machine,
    inputs,
    waits: withDefaults({ prompt: 3, boot: 1, look: 0.2, metadata: 0.3, hostKeyLine: 0.2, stall: 3 }),
    // Side by side, two tests could open transcripts of one name.
    stack: randomUUID(),
    findings,
    progress: () => undefined,
    connect: machine.connect,
    published: () => Promise.resolve(),
  };
}

test.each([
  ['a new machine', undefined, 'off'],
  ['one that runs another installation', 'other', 'running'],
  ['one whose disk was being written', 'edge', 'off'],
] as const)('what is to be loaded is not there: %s is left alone', async (_what, install, power) => {
  const machine = new FakeMachine();
  machine.power = power;
  machine.bootSource = install === 'edge' ? 'network' : 'disk';
  const phase = install === 'edge' ? 'flashing' : 'booted';
  if (install !== undefined) machine.note = JSON.stringify({ install, phase, image: sha256, at: 't' });
  const asked: string[] = [];
  const context = contextOf(machine);
  const published = (urls: readonly string[]): Promise<void> => {
    asked.push(...urls);
    return Promise.reject(bootObjectMissing({ machine: 'edge-1', url: urls[0] ?? '', status: 404 }));
  };
  const effects = realEffects({ ...context, published }, undefined);
  expect(await codeOf(ensureBooted(effects, 'edge', 'edge-1'))).toBe('BF1516');
  expect(machine.log).toEqual([]);
  const blank = install === undefined ? [inputs.blankDiskScriptUrl] : [];
  expect(asked).toEqual([...blank, inputs.scriptUrl]);
});

async function bringUp(machine: FakeMachine, findings: Findings = {}, stateNote?: Note): Promise<Findings> {
  const effects = realEffects(contextOf(machine, findings), stateNote);
  await ensureBooted(effects, 'edge', 'edge-1');
  expect(effects.proof?.system).toEqual({ build: '20261121_0900', slot: 'd', nextSlot: 'd' });
  return findings;
}

const installed = ['note flashing', 'boot source network', 'power on'];

test('a new machine is installed, booted and proven, and its host key is taken from the console', async () => {
  const machine = new FakeMachine();
  const findings = await bringUp(machine);
  expect(machine.log).toEqual([
    ...installed,
    `chain ${inputs.blankDiskScriptUrl ?? ''}`,
    'disk written',
    'note flashed',
    'power off',
    'boot source disk',
    'power on',
    'note flashed',
    'note booted',
  ]);
  expect(findings).toMatchObject({ hostKey, hostKeySource: 'console' });
  expect(JSON.parse(machine.note ?? '')).toMatchObject({
    install: 'edge',
    phase: 'booted',
    image: sha256,
    hostKey,
  });
  const file = findings.transcript ?? '';
  expect(file).toMatch(/transcripts.edge-1.*-boot[.]cast$/);
  expect((await readdir(dirname(file))).map((name) => name.slice(25))).toEqual(['install.cast', 'boot.cast']);
});

test('what an earlier boot left on the console is not taken for the present', async () => {
  const machine = new FakeMachine();
  machine.remember(`iPXE> \r\nbootfleet-writer: done sha256=${sha256} bytes=1 written=1 seconds=1\r\n`);
  machine.trouble = { writerSays: 'failed reason=digest detail="expected 9f, got 60"' };
  expect(await codeOf(bringUp(machine))).toBe('BF1210');
});

test('a machine that runs, is installed and answers is not touched', async () => {
  const machine = new FakeMachine();
  await bringUp(machine);
  machine.log.length = 0;
  expect(await bringUp(machine)).toMatchObject({ hostKey, hostKeySource: 'console' });
  expect(machine.log).toEqual([]);
});

test('a machine that was powered off by hand is powered on, never written, also when its note was deleted', async () => {
  const machine = new FakeMachine();
  const known = await bringUp(machine);
  await machine.powerOff();
  machine.note = undefined;
  machine.log.length = 0;
  const at = known.installedAt ?? '';
  await bringUp(machine, { ...known }, { install: 'edge', phase: 'booted', image: sha256, at, hostKey });
  expect(machine.log).toEqual(['power on', 'note booted']);
});

test('what was installed stays known as that, whatever an upgrade brings; without a state only an image of that digest tells', async () => {
  const machine = new FakeMachine();
  const known = await bringUp(machine);
  expect(known.installedBuild).toBe('20261121_0900');
  machine.disk = '20261122_0900';
  const booted = async (findings: Findings, image: Partial<BootInputs['image']> = {}): Promise<unknown> => {
    const context = contextOf(machine, findings);
    const changed = { ...context, inputs: { ...inputs, image: { ...inputs.image, ...image } } };
    const effects = realEffects(changed, undefined);
    await ensureBooted(effects, 'edge', 'edge-1');
    expect(effects.proof?.system.build).toBe('20261122_0900');
    return findings.installedBuild;
  };
  expect(await booted({ ...known })).toBe('20261121_0900');
  expect(await booted({ hostKey })).toBe('20261121_0900');
  expect(await booted({ hostKey }, { sha256: 'f'.repeat(64), build: '20261122_0900' })).toBe('');
});

test('a half-written disk is written whole, with the script that writes holes too', async () => {
  const machine = new FakeMachine();
  machine.power = 'running';
  machine.bootSource = 'network';
  machine.note = JSON.stringify({ install: 'edge', phase: 'flashing', image: sha256, at: 't' });
  await bringUp(machine);
  expect(machine.log.slice(0, 3)).toEqual(['power off', 'power on', `chain ${inputs.scriptUrl}`]);
});

test('a banner that was missed is tried once more, from power-off', async () => {
  const machine = new FakeMachine();
  machine.trouble = { noIpxe: 'once' };
  await bringUp(machine);
  expect(machine.log.filter((entry) => entry === 'disk written')).toHaveLength(1);
});

test('an image that says no host key: the key of the first login is recorded as such', async () => {
  const machine = new FakeMachine();
  machine.trouble = { saysNoKey: true };
  expect(await bringUp(machine)).toMatchObject({ hostKey, hostKeySource: 'first-contact' });
});

test('a panic of a program does not keep a machine from being called booted', async () => {
  const machine = new FakeMachine();
  machine.trouble = { shows: 'panic: runtime error: index out of range [5]\r\n' };
  await bringUp(machine);
  expect(JSON.parse(machine.note ?? '')).toMatchObject({ phase: 'booted' });
});

const failures: [string, Trouble, string, string | undefined][] = [
  ['console ticket refused', { ticketRefused: true }, 'BF1301', undefined],
  ['iPXE not answering', { noIpxe: 'always' }, 'BF1310', undefined],
  ['DHCP failing', { dhcpFails: true }, 'BF1311', undefined],
  ['script not found', { scriptMissing: true }, 'BF1212', undefined],
  ['digest wrong', { writerSays: 'failed reason=digest detail="x"' }, 'BF1210', undefined],
  ['disk too small', { writerSays: 'failed reason=too-small detail="x"' }, 'BF1209', undefined],
  ['image not fetched', { writerSays: 'failed reason=http detail="404"' }, 'BF1211', undefined],
  ['write error', { writerSays: 'failed reason=write detail="x"' }, 'BF1320', undefined],
  ['another image written', { writes: '0'.repeat(64) }, 'BF1208', '20261121_0900'],
  ['kernel panic', { panics: true }, 'BF1330', '20261121_0900'],
  ['a panic with nothing behind it', { shows: 'panic: x\r\n', neverUp: true }, 'BF1330', '20261121_0900'],
  ['emergency mode', { shows: 'You are in emergency mode.\r\n', neverUp: true }, 'BF1322', '20261121_0900'],
  ['guest never boots', { neverUp: true }, 'BF1204', '20261121_0900'],
  ['another key on the console', { shownKey: hostKey.replace('aQxY', 'bQxY') }, 'BF1601', '20261121_0900'],
  ['not reported', { reports: 'kernel started' }, 'BF1207', '20261121_0900'],
];
test.each(failures)(
  '%s has its own error, which names the machine and the transcript',
  async (_what, trouble, code, disk) => {
    const machine = new FakeMachine();
    machine.trouble = trouble;
    const failed: unknown = await bringUp(machine).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code });
    const { message } = failed as Error;
    if (code !== 'BF1301') expect(message).toContain('edge-1');
    if (!['BF1301', 'BF1207'].includes(code)) expect(message).toMatch(/transcript.*\.cast/);
    expect(machine.disk).toBe(disk);
    // And the next run ends right.
    machine.trouble = {};
    if (machine.stateDetail !== '') machine.stateDetail = 'booted';
    await bringUp(machine);
    expect(JSON.parse(machine.note ?? '')).toMatchObject({ phase: 'booted' });
  },
);
