import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryOf, recall, remember } from '../../../../components/rollout/slot-upgrade/memory.ts';
import type { Outcome } from '../../../../components/rollout/slot-upgrade/outcome.ts';
import type { UpgradeReport } from '../../../../components/rollout/slot-upgrade/run.ts';
import { observation } from './observations.ts';

const report: UpgradeReport = {
  outcome: 'upgraded', why: '', from: '1', to: '2', slot: 'e', bytes: 2e6, mode: 'delta', brokenLock: '',
  seconds: { wait: 50, preflight: 1, index: 2, transfer: 10, reboot: 20, health: 3 },
}; // prettier-ignore

describe('what is remembered of a machine', () => {
  test('are its builds, the link, and the time of everything but waiting and sending', () => {
    expect(memoryOf(undefined, report, observation({ running: 'e', architecture: 'x86_64' }))).toEqual({
      build: '2', slot: 'e', other: '1', linkRate: 2e5, overhead: 24, architecture: 'x86_64', slotBytes: 1000, otherSlot: 'd',
    }); // prettier-ignore
  });

  test('stays where an upgrade taught nothing new', () => {
    const before = {
      build: '2',
      slot: 'e',
      other: '1',
      linkRate: 100,
      overhead: 24,
      architecture: 'amd64',
      slotBytes: 7,
      otherSlot: 'd',
    };
    // A few blocks of a delta: their time was spent on looking, not on sending.
    expect(memoryOf(before, { ...report, bytes: 41_000 }, undefined)?.linkRate).toBe(100);
    const unchanged = {
      ...report,
      outcome: 'unchanged' as const,
      from: '2',
      bytes: 0,
      seconds: { preflight: 1 },
    };
    expect(memoryOf(before, unchanged, undefined)).toEqual(before);
    // Of another slot than it ran from the other letter is not known.
    expect(memoryOf(before, { ...unchanged, slot: 'd' }, undefined)).not.toHaveProperty('otherSlot');
    expect(memoryOf(before, { ...report, outcome: 'stuck', to: '' }, undefined)).toBeUndefined();
  });

  test('never says of the other slot what was not proven', () => {
    const outcome = fc.constantFrom<Outcome>('upgraded', 'switched', 'unchanged', 'rolled-back', 'failed');
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        let memory = memoryOf(undefined, { ...report, outcome: 'unchanged', from: '0', to: '0' }, undefined);
        let other = '';
        outcomes.forEach((end, i) => {
          const moved = end === 'upgraded' || end === 'switched';
          const from = memory?.build ?? '';
          if (moved) other = from;
          memory = memoryOf(
            memory,
            { ...report, outcome: end, from, to: moved ? String(i + 1) : from },
            undefined,
          );
          expect(memory?.other).toBe(other);
        });
      }),
    );
  });
});

describe('the file of it', () => {
  const urn = 'urn:pulumi:test::bootfleet::pulumi-nodejs:dynamic/bootfleet:SlotUpgrade::edge-1';
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bootfleet-memory-'));
    vi.stubEnv('BOOTFLEET_DATA', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test('is read as it was written, and is not written for nothing', async () => {
    expect(await recall(urn, 'edge-1')).toBeUndefined();
    await remember(urn, 'edge-1', { ...report, to: '' });
    expect(await recall(urn, 'edge-1')).toBeUndefined();
    await remember(urn, 'edge-1', report, observation());
    expect(await recall(urn, 'edge-1')).toEqual(memoryOf(undefined, report, observation()));
  });

  test('that is damaged counts as none, and a name cannot lead out of its folder', async () => {
    await remember(urn, '../../evil', report);
    const file = path.join(folder, 'stacks', 'test', 'machines', '.._.._evil.json');
    writeFileSync(file, '{"build":');
    expect(await recall(urn, '../../evil')).toBeUndefined();
  });
});
