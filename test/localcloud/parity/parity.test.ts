import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runDaemon } from '../../../localcloud/daemon/run.ts';
import { Gates } from './gates.ts';
import { differing, heldAgainst, matching } from './held.ts';
import { readRecording, recordings, recordingsFolder } from './recording.ts';
import { entirelyLeftOut } from './scope.ts';
import { replay, type ReplayResult } from './replay.ts';

const names = recordings();
const summary: string[] = [];
let asked = 0;
let matched = 0;

describe.skipIf(names.length === 0)("parity with the real cloud's recorded answers", () => {
  it.for(names)('%s', { timeout: 30_000 }, async (name) => {
    const result = await replayed(name);
    summary.push(summaryOf(name, result));
    matched += result.matched;
    asked += result.matched + new Set(result.different.map(({ at }) => at)).size;
    expect(heldAgainst(name, result.different), texts(result).join('\n')).toBeUndefined();
    // A file of which everything is left out shows nothing; there must not be more of them than are known.
    const shown = result.matched + result.different.length > 0;
    if (matching.includes(name)) expect(shown).toBe(!entirelyLeftOut.includes(name));
  });

  it('has every recording that is held', () => {
    expect(names).toEqual(expect.arrayContaining([...matching, ...Object.keys(differing)]));
  });

  afterAll(() => {
    console.log(`parity: ${matched} of ${asked} answers match\n${summary.join('\n')}`);
  });
});

if (names.length === 0) {
  it('has no recordings to compare with', () => {
    console.log(`parity: skipped, ${recordingsFolder} is not there`);
  });
}

function texts({ different }: ReplayResult): readonly string[] {
  return different.map(({ text }) => text);
}

function summaryOf(name: string, result: ReplayResult): string {
  const left = Object.entries(result.leftOut).map(([reason, count]) => `${count} × ${reason}`);
  const known = matching.includes(name) || Object.hasOwn(differing, name);
  const [first] = texts(result);
  return [
    `${name}: ${result.matched} answers match`,
    ...(first === undefined ? [] : [`${result.different.length} differences, first ${first.slice(0, 200)}`]),
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    ...(known ? [] : ['NOT HELD YET: add it to held.ts']),
  ].join('; ');
}

async function replayed(name: string): Promise<ReplayResult> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-'));
  const gates = new Gates();
  const daemon = await runDaemon(
    { port: undefined, machines: 'simulated', storage: false },
    { ...process.env, BOOTFLEET_HOME: folder, BOOTFLEET_CACHE: join(folder, 'cache') },
    { pace: gates.pace },
  );
  try {
    return await replay(daemon, gates, readRecording(name));
  } finally {
    gates.openAll();
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
