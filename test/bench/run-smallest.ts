import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseFigures, type Figure } from '../../bench/frame/figure.ts';
import { checkout } from '../../scripts/setup/folders.ts';
import { smallest, withLog } from './smallest-sizes.ts';

/** How a benchmark ended that ran in its smallest size. */
export interface SmallestRun {
  readonly status: number | undefined;
  readonly stderr: string;
  readonly figures: readonly Figure[];
}

/** Runs a benchmark as a person does, as a process of its own. Nothing is recorded. Limit: 400 s. */
export async function runSmallest(
  bench: string,
  env: Readonly<Record<string, string>> = {},
): Promise<SmallestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-smallest-'));
  try {
    const log = withLog.includes(bench) ? ['--log', join(folder, 'log.jsonl')] : [];
    const words = [join('bench', `${bench}.ts`), ...(smallest[bench] ?? []), ...log];
    const { exitCode, stdout, stderr } = await execa(process.execPath, words, {
      cwd: checkout,
      env,
      stdin: 'ignore',
      reject: false,
      timeout: 400_000,
    });
    return { status: exitCode, stderr, figures: exitCode === 0 ? parseFigures(stdout) : [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
