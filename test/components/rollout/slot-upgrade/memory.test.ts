import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  memoryOf,
  recall,
  remember,
  rememberSeen,
} from '../../../../components/rollout/slot-upgrade/memory.ts';
import { isSuccess, type Outcome } from '../../../../components/rollout/slot-upgrade/outcome.ts';
import type { UpgradeReport } from '../../../../components/rollout/slot-upgrade/run.ts';
import type { SlotImageFacts } from '../../../../components/rollout/slot-upgrade/args.ts';
import { digestOf, observation, onNew, recordOf } from './observations.ts';

const said = vi.hoisted((): string[] => []);
vi.mock('../../../../components/progress.ts', () => ({
  reportRemark: (_urn: string, _kind: string, text: string) => {
    said.push(text);
    return Promise.resolve();
  },
}));

const report: UpgradeReport = {
  outcome: 'upgraded', why: '', from: '1', to: '2', slot: 'e', bytes: 2e6, mode: 'delta', brokenLock: '',
  seconds: { wait: 50, preflight: 1, index: 2, transfer: 10, reboot: 20, health: 3 },
}; // prettier-ignore

const image = { sha256: digestOf('2') };

describe('what is remembered of a machine', () => {
  test('are its builds, the link, and the time of everything but waiting and sending', () => {
    expect(memoryOf(undefined, report, image, onNew)).toEqual({
      build: '2', slot: 'e', sha256: digestOf('2'), linkRate: 2e5, overhead: 24, architecture: 'amd64', slotBytes: 1000, otherSlot: 'd',
    }); // prettier-ignore
  });

  test('stays where an upgrade taught nothing new', () => {
    const before = {
      build: '2',
      slot: 'e',
      sha256: digestOf('2'),
      otherSha256: digestOf('1'),
      linkRate: 100,
      overhead: 24,
      architecture: 'amd64',
      slotBytes: 7,
      otherSlot: 'd',
    };
    // A few blocks of a delta: their time was spent on looking, not on sending.
    expect(memoryOf(before, { ...report, bytes: 41_000 }, image, undefined)?.linkRate).toBe(100);
    const unchanged = {
      ...report,
      outcome: 'unchanged' as const,
      from: '2',
      bytes: 0,
      seconds: { preflight: 1 },
    };
    expect(memoryOf(before, unchanged, image, undefined)).toEqual(before);
    // Of another slot than it ran from the other letter is not known.
    expect(memoryOf(before, { ...unchanged, slot: 'd' }, image, undefined)).not.toHaveProperty('otherSlot');
    expect(
      memoryOf(before, { ...report, outcome: 'stuck', to: '', slot: '' }, image, undefined),
    ).toBeUndefined();
  });

  test('says of the other slot only what its record says to be whole, and of the running one only what is proven', () => {
    const outcome = fc.constantFrom<Outcome>('upgraded', 'switched', 'unchanged', 'rolled-back', 'failed');
    const state = fc.constantFrom('writing', 'confirmed', 'complete', 'proven');
    const record = fc.option(
      fc.tuple(fc.constantFrom('1', '2', '3'), state, fc.boolean()).map(([build, how, read]) => ({
        ...recordOf(build, how as 'writing'),
        ...(!read && { readBack: undefined }),
      })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(outcome, record, record, (end, d, e) => {
        const slots = [
          { letter: 'd', bytes: 1000, record: d },
          { letter: 'e', bytes: 1000, record: e },
        ];
        const seen = observation({ running: 'e', next: 'e', build: '2', slots });
        const memory = memoryOf(undefined, { ...report, outcome: end }, image, seen);
        const whole = d?.readBack !== undefined && (d.state === 'complete' || d.state === 'proven');
        expect(memory?.otherSha256).toBe(whole ? d.sha256 : undefined);
        if (isSuccess(end)) expect(memory?.sha256).toBe(image.sha256);
        else if (memory?.sha256 !== undefined) expect(memory.sha256).toBe(e?.sha256);
      }),
    );
  });
});

describe('the file of it', () => {
  const urn = 'urn:pulumi:test::bootfleet::pulumi-nodejs:dynamic/bootfleet:SlotUpgrade::edge-1';
  const edge1 = { resourceUrn: urn, machine: 'edge-1', found: image as SlotImageFacts };
  let folder = '';
  beforeEach(() => {
    said.length = 0;
    folder = mkdtempSync(path.join(os.tmpdir(), 'bootfleet-memory-'));
    vi.stubEnv('BOOTFLEET_DATA', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test('is read as it was written, and is not written for nothing', async () => {
    expect(await recall(urn, 'edge-1')).toBeUndefined();
    await remember(edge1, { ...report, to: '', slot: '' });
    expect(await recall(urn, 'edge-1')).toBeUndefined();
    await remember(edge1, report, observation());
    expect(await recall(urn, 'edge-1')).toEqual(memoryOf(undefined, report, image, observation()));
  });

  test('that is damaged counts as none, and a name cannot lead out of its folder', async () => {
    await remember({ ...edge1, machine: '../../evil' }, report);
    const file = path.join(folder, 'stacks', 'test', 'machines', '.._.._evil.json');
    writeFileSync(file, '{"build":');
    expect(await recall(urn, '../../evil')).toBeUndefined();
  });

  test('that cannot be written is told of, and nothing else ends with it', async () => {
    const blocked = path.join(folder, 'stacks');
    writeFileSync(blocked, '');
    await remember(edge1, report, observation());
    await rememberSeen(urn, 'edge-1', observation());
    expect(said).toEqual([
      expect.stringMatching(/^edge-1: what was seen of it is not remembered here, .*(EEXIST|ENOTDIR)/),
      expect.stringMatching(/^edge-1: what was seen of it is not remembered here/),
    ]);
    rmSync(blocked);
    // A file that cannot be put in its place leaves nothing beside it.
    const machines = path.join(folder, 'stacks', 'test', 'machines');
    mkdirSync(path.join(machines, 'edge-1.json'), { recursive: true });
    await rememberSeen(urn, 'edge-1', observation());
    expect(said).toHaveLength(3);
    expect(readdirSync(machines)).toEqual(['edge-1.json']);
  });
});
