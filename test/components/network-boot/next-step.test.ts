import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BootSource, PowerState } from '../../../clouds/cloud.ts';
import { ensureRunning, type NetworkBootEffects } from '../../../components/network-boot/ensure-running.ts';
import { nextStep } from '../../../components/network-boot/next-step.ts';
import { bootId, type NetworkNote, parseNetworkNote } from '../../../components/network-boot/note.ts';

const wanted = 'wanted';

/** A machine in memory. What it runs is known to the test alone. */
interface Model {
  power: PowerState;
  bootSource: BootSource;
  note: NetworkNote | undefined;
  runs: string;
}

const models: fc.Arbitrary<Model> = fc.record({
  power: fc.constantFrom<PowerState>('off', 'starting', 'running', 'stopping'),
  bootSource: fc.constantFrom<BootSource>('disk', 'network', 'rescue'),
  note: fc.option(
    fc.record({
      boot: fc.constantFrom(wanted, 'another'),
      phase: fc.constantFrom('starting' as const, 'booted' as const),
      at: fc.constant('then'),
    }),
    { nil: undefined },
  ),
  runs: fc.constantFrom('', wanted, 'another'),
});

class Killed extends Error {}

/** @param killAt number of the effect before which the run is killed. */
function effectsOn(model: Model, done: string[], killAt = Infinity): NetworkBootEffects {
  const act = (name: string, change: () => void): Promise<void> => {
    if (done.length >= killAt) return Promise.reject(new Killed());
    done.push(name);
    change();
    return Promise.resolve();
  };
  return {
    observe: () => Promise.resolve({ ...model }),
    settle: () => act('settle', () => (model.power = model.power === 'starting' ? 'running' : 'off')),
    powerOff: () => act('power off', () => Object.assign(model, { power: 'off', runs: '' })),
    setBootSource: () =>
      act('boot source', () => {
        expect(model.power).toBe('off');
        model.bootSource = 'network';
      }),
    writeNote: (phase) => act(`note ${phase}`, () => (model.note = { boot: wanted, phase, at: 'now' })),
    boot: () =>
      act('boot', () => {
        expect(model).toMatchObject({
          power: 'off',
          bootSource: 'network',
          note: { boot: wanted, phase: 'starting' },
        });
        Object.assign(model, { power: 'running', runs: wanted });
      }),
    prove: async () => {
      await act('prove', () => undefined);
      return model.runs === wanted;
    },
    givenUp: () => new Error('given up'),
  };
}

const right = {
  power: 'running',
  bootSource: 'network',
  runs: wanted,
  note: { boot: wanted, phase: 'booted' },
};

describe('a machine that boots from the network', () => {
  test('ends right from whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(models, async (model) => {
        await ensureRunning(effectsOn(model, []), wanted, 'live-1');
        expect(model).toMatchObject(right);
      }),
    );
  });

  test('is asked and nothing else when it is right already', async () => {
    const done: string[] = [];
    const note: NetworkNote = { boot: wanted, phase: 'booted', at: 'then' };
    await ensureRunning(
      effectsOn({ power: 'running', bootSource: 'network', runs: wanted, note }, done),
      wanted,
      'live-1',
    );
    expect(done).toEqual(['prove']);
  });

  test('ends right after a run that was killed anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.nat({ max: 6 }), async (model, killAt) => {
        await ensureRunning(effectsOn(model, [], killAt), wanted, 'live-1').catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
        });
        await ensureRunning(effectsOn(model, []), wanted, 'live-1');
        expect(model).toMatchObject(right);
      }),
    );
  });

  test('that switches itself off once it was up is given up, not booted for ever', async () => {
    const model: Model = { power: 'off', bootSource: 'network', note: undefined, runs: '' };
    const effects = effectsOn(model, []);
    const boot = async (): Promise<void> => {
      await effects.boot();
      model.power = 'off';
    };
    await expect(ensureRunning({ ...effects, boot }, wanted, 'live-1')).rejects.toThrow('given up');
  });

  test('is never taken for right by a note of another boot, or while another source is set', () => {
    fc.assert(
      fc.property(
        models,
        fc.constantFrom('none' as const, 'proven' as const),
        ({ runs: _, ...seen }, proof) => {
          const step = nextStep({ ...seen, proof, booted: false }, wanted);
          if (step.do !== 'done' && step.do !== 'prove') return;
          expect(seen).toMatchObject({
            power: 'running',
            bootSource: 'network',
            note: { boot: wanted, phase: 'booted' },
          });
        },
      ),
    );
  });
});

describe('the note', () => {
  test('survives its way through the cloud, and anything else is none', () => {
    const note: NetworkNote = {
      boot: 'x',
      phase: 'booted',
      at: 'now',
      hostKey: 'k',
      hostKeySource: 'console',
    };
    expect(parseNetworkNote(JSON.stringify(note))).toEqual(note);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseNetworkNote(text)).not.toThrow();
      }),
    );
    for (const text of [undefined, '', 'null', '[]', '{"boot":1}', '{"boot":"x","phase":"y"}'])
      expect(parseNetworkNote(text)).toBeUndefined();
  });

  test('names another boot for another script and another restart', () => {
    const ids = [bootId('http://x/a', undefined), bootId('http://x/b', undefined), bootId('http://x/a', '1')];
    expect(new Set(ids).size).toBe(3);
    expect(bootId('http://x/a', undefined)).toBe(bootId('http://x/a', ''));
  });
});
