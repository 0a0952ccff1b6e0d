import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDaemon } from '../../../localcloud/daemon/run.ts';
import { Gates } from './gates.ts';
import { readRecording, recordings, recordingsFolder } from './recording.ts';
import { entirelyLeftOut } from './scope.ts';
import { replay, type ReplayResult } from './replay.ts';

const names = recordings();
const summary: string[] = [];
const passed: string[] = [];

describe.skipIf(names.length === 0)("parity with the real cloud's recorded answers", () => {
  it.for(names)('%s', { timeout: 30_000 }, async (name) => {
    const result = await replayed(name);
    const left = Object.entries(result.leftOut).map(([reason, count]) => `${count} × ${reason}`);
    summary.push(
      `${name}: ${result.matched} answers match${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}`,
    );
    expect(result.different).toEqual([]);
    // A file of which everything is left out shows nothing; there must not be more of them than are known.
    expect(result.matched === 0).toBe(entirelyLeftOut.includes(name));
    if (result.matched > 0) passed.push(name);
  });

  it('covers what was recorded', () => {
    console.log(`parity: ${passed.length} of ${names.length} recordings\n${summary.join('\n')}`);
    expect(passed.length + entirelyLeftOut.length).toBe(names.length);
  });
});

if (names.length === 0) {
  it('has no recordings to compare with', () => {
    console.log(`parity: skipped, ${recordingsFolder} is not there`);
  });
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
