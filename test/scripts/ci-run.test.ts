import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkout } from '../../scripts/setup/folders.ts';

/** `.ci/run` with an `npm` that prints what it is told. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-ci-'));
  const npm = path.join(folder, 'npm');
  writeFileSync(
    npm,
    '#!/bin/sh\nprintf %b "$PRINTED"\necho "$NPM_CONFIG_UPDATE_NOTIFIER" >&2\nexit "$STATUS"\n',
  );
  chmodSync(npm, 0o755);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(printed: string, status = 0): Promise<{ status: number | undefined; lines: string[] }> {
  const { exitCode, stdout } = await execa(path.join(checkout, '.ci', 'run'), [], {
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, PRINTED: printed, STATUS: String(status) },
    stdin: 'ignore',
    reject: false,
  });
  return { status: exitCode, lines: stdout.split('\n') };
}

const count = '1677 passed, 0 failed, 1 skipped';

describe('.ci/run', () => {
  test('says the count last, whatever npm has to say behind it', async () => {
    const { status, lines } = await run(
      `unit: 3 passed, 0 failed, 0 skipped\\n${count}\\nnpm notice New version\\n`,
    );
    expect(lines.at(-1)).toBe(count);
    expect(status).toBe(0);
  });

  test('asks npm not to look for newer ones', async () => {
    const { lines } = await run(`${count}\\n`);
    expect(lines).toContain('false');
  });

  test('ends as the tests do', async () => {
    const { status, lines } = await run('3 passed, 2 failed, 0 skipped\\n', 1);
    expect(lines.at(-1)).toBe('3 passed, 2 failed, 0 skipped');
    expect(status).toBe(1);
  });

  test('counts a set-up that ends before any test as one failure', async () => {
    for (const status of [0, 1]) {
      const end = await run('setup: no way\\n', status);
      expect(end.lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
      expect(end.status).toBe(1);
    }
  });
});
