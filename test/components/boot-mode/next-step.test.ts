import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BootSource, PowerState } from '../../../clouds/cloud.ts';
import { type BootEffects, ensureBooted } from '../../../components/boot-mode/ensure-booted.ts';
import type { Note } from '../../../components/boot-mode/note.ts';
import { runs } from '../../property-runs.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** A machine as a model: what its disk holds, what runs, and what the cloud says. */
interface Model {
  power: PowerState;
  bootSource: BootSource;
  note: Note | undefined;
  /** Installation whose image is whole on the disk; `undefined`: empty or half written. */
  disk: string | undefined;
  /** What runs while the power is on. */
  running: 'disk' | 'network' | 'nothing';
  /** Has anything of the user been on this installation (it was booted)? */
  lived: boolean;
  /** Disk writes that destroyed an installation which the note called flashed or booted. */
  losses: string[];
}

class Killed extends Error {}

/** The effects on the model; each can be killed before, in the middle or after. */
function effectsOn(machine: Model, install: string, alive: () => void): BootEffects {
  const note = (phase: Note['phase']): Note => ({ install, phase, image: 'i', at: 't' });
  const powerOn = (): void => {
    machine.power = 'running';
    machine.running =
      machine.bootSource === 'disk' ? (machine.disk === undefined ? 'nothing' : 'disk') : 'network';
  };
  return {
    observe: () => {
      alive();
      return Promise.resolve({ power: machine.power, bootSource: machine.bootSource, note: machine.note });
    },
    settle: () => {
      alive();
      machine.power = machine.power === 'starting' ? 'running' : 'off';
      if (machine.power === 'off') machine.running = 'nothing';
      return Promise.resolve();
    },
    writeNote: (phase) => {
      alive();
      machine.note = note(phase);
      alive();
      return Promise.resolve();
    },
    powerOff: () => {
      alive();
      machine.power = 'stopping';
      alive();
      machine.power = 'off';
      machine.running = 'nothing';
      return Promise.resolve();
    },
    setBootSource: (source) => {
      alive();
      if (machine.power !== 'off') throw new Error('boot type changed while on');
      machine.bootSource = source;
      alive();
      return Promise.resolve();
    },
    flash: () => {
      alive();
      if (machine.power !== 'off' || machine.bootSource !== 'network') throw new Error('cannot reach iPXE');
      powerOn();
      alive();
      const said = machine.note;
      if (said?.install === install && said.phase !== 'flashing')
        machine.losses.push(`${said.phase} ${install}`);
      machine.disk = undefined;
      alive();
      machine.disk = install;
      machine.lived = false;
      alive();
      return Promise.resolve();
    },
    boot: () => {
      alive();
      if (machine.power !== 'off' || machine.bootSource !== 'disk') throw new Error('not ready to boot');
      powerOn();
      alive();
      machine.lived ||= machine.running === 'disk';
      return Promise.resolve(machine.running === 'disk');
    },
    prove: () => {
      alive();
      return Promise.resolve(machine.running === 'disk');
    },
    givenUp: () => new Error('given up'),
  };
}

const noteOf = fc.option(
  fc.record({
    install: fc.constantFrom('edge', 'edge#1'),
    phase: fc.constantFrom<Note['phase']>('flashing', 'flashed', 'booted'),
    image: fc.constant('i'),
    at: fc.constant('t'),
  }),
  { nil: undefined },
);

/** Any state that bootfleet, its death, or a person with the cloud's console can leave. */
const anyMachine = fc
  .record({
    power: fc.constantFrom<PowerState>('off', 'starting', 'running', 'stopping'),
    bootSource: fc.constantFrom<BootSource>('disk', 'network', 'rescue'),
    note: noteOf,
    running: fc.constantFrom<Model['running']>('disk', 'network', 'nothing'),
  })
  .map((drawn): Model => {
    const whole =
      drawn.note !== undefined && drawn.note.phase !== 'flashing' ? drawn.note.install : undefined;
    const running = drawn.power === 'off' || (drawn.running === 'disk' && !whole) ? 'nothing' : drawn.running;
    return { ...drawn, running, disk: whole, lived: false, losses: [] };
  });

test(`from any state, with any kills, every machine ends right and no installed disk is written (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      anyMachine,
      fc.constantFrom('edge', 'edge#1'),
      fc.array(fc.nat(30), { maxLength: 8 }),
      async (machine, install, kills) => {
        for (const after of kills) {
          let left = after;
          const mortal = (): void => {
            if (left-- === 0) throw new Killed();
          };
          await ensureBooted(effectsOn(machine, install, mortal), install, 'edge-1').catch(
            (error: unknown) => {
              if (!(error instanceof Killed)) throw error;
            },
          );
        }
        await ensureBooted(
          effectsOn(machine, install, () => undefined),
          install,
          'edge-1',
        );
        expect(machine).toMatchObject({
          power: 'running',
          bootSource: 'disk',
          disk: install,
          running: 'disk',
        });
        expect(machine.note).toMatchObject({ install, phase: 'booted' });
        expect(machine.losses).toEqual([]);
      },
    ),
    { seed, numRuns: runs(3000) },
  );
});

test('a machine that is already right is only looked at', async () => {
  const note: Note = { install: 'edge', phase: 'booted', image: 'i', at: 't' };
  const machine: Model = {
    power: 'running',
    bootSource: 'disk',
    note,
    disk: 'edge',
    running: 'disk',
    lived: true,
    losses: [],
  };
  const before = structuredClone(machine);
  const calls: string[] = [];
  const effects = effectsOn(machine, 'edge', () => undefined);
  const spied = new Proxy(effects, {
    get: (target, name: keyof BootEffects) => {
      calls.push(name);
      return target[name].bind(target);
    },
  });
  await ensureBooted(spied, 'edge', 'edge-1');
  expect(new Set(calls)).toEqual(new Set(['observe', 'prove']));
  expect(machine).toEqual(before);
});

test('a machine powered off by hand is booted, not written', async () => {
  const note: Note = { install: 'edge', phase: 'booted', image: 'i', at: 't' };
  const machine: Model = {
    power: 'off',
    bootSource: 'disk',
    note,
    disk: 'edge',
    running: 'nothing',
    lived: true,
    losses: [],
  };
  await ensureBooted(
    effectsOn(machine, 'edge', () => undefined),
    'edge',
    'edge-1',
  );
  expect(machine).toMatchObject({ power: 'running', running: 'disk', lived: true, losses: [] });
});

test('a machine that does not come up from its disk is given up after one boot, its disk left alone', async () => {
  const note: Note = { install: 'edge', phase: 'flashed', image: 'i', at: 't' };
  const machine: Model = {
    power: 'running',
    bootSource: 'disk',
    note,
    disk: undefined,
    running: 'nothing',
    lived: false,
    losses: [],
  };
  await expect(
    ensureBooted(
      effectsOn(machine, 'edge', () => undefined),
      'edge',
      'edge-1',
    ),
  ).rejects.toThrow('given up');
  expect(machine.note?.phase).toBe('flashed');
});

test('a machine that someone else keeps changing ends in an error, not in an endless loop', async () => {
  const machine: Model = {
    power: 'running',
    bootSource: 'network',
    note: undefined,
    disk: undefined,
    running: 'network',
    lived: false,
    losses: [],
  };
  const effects = effectsOn(machine, 'edge', () => undefined);
  const contested: BootEffects = { ...effects, powerOff: () => Promise.resolve() };
  await expect(ensureBooted(contested, 'edge', 'edge-1')).rejects.toMatchObject({ code: 'BF1206' });
});
