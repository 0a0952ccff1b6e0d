/**
 * Bytes on the wire for a new build of the stand-in appliance, side by side with rsync's delta of the same two files
 * and with zstd of the full file:
 *
 *     node bench/delta.ts [--slot-mb 48] [--without-rsync]
 *
 * Two changes are measured: another version of the same packages (a rebuild), and one package more. rsync is run between
 * two folders with its own delta algorithm (`--no-whole-file`).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deflateSync, zstdCompressSync } from 'node:zlib';
import { blockDigest, defaultBlock, digestLength, filePieces } from '../transfer/delta/block-digest.ts';
import { dataFrame, instruction } from '../transfer/delta/frames.ts';
import { planPiece } from '../transfer/delta/plan-blocks.ts';
import { indexOf } from '../transfer/delta/slot-index.ts';
import type { Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';

const { values } = parseArgs({
  options: {
    'slot-mb': { type: 'string', default: '48' },
    'without-rsync': { type: 'boolean', default: false },
  },
});
const slotMb = values['slot-mb'];
const withRsync = !values['without-rsync'];
const command = `node bench/delta.ts${slotMb === '48' ? '' : ` --slot-mb ${slotMb}`}${withRsync ? '' : ' --without-rsync'}`;
const project = path.dirname(import.meta.dirname);

await runBench(withRsync ? ['rsync'] : [], async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-delta-'));
  try {
    const one = build(folder, '1');
    await measure('a rebuild', one, build(folder, '2'));
    const more = build(folder, '3', '--add-package', 'libmagic1');
    await measure('one package more (file, 30 kB)', one, more);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function build(folder: string, version: string, ...more: string[]): string {
  const out = path.join(folder, version);
  const words = [
    'guest/appliance/build.ts',
    '--version',
    version,
    '--out',
    out,
    '--no-sign',
    '--slot-mb',
    slotMb,
    ...more,
  ];
  execFileSync(process.execPath, words, { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  const day = String(20 + Number(version)).padStart(2, '0');
  return path.join(out, `edge-202611${day}_0900.fs`);
}

async function measure(what: string, from: string, to: string): Promise<void> {
  const { size } = await stat(to);
  const ours = await ourWire(from, to);
  // Level 3, zstd's own default.
  const zstd = zstdCompressSync(await readFile(to)).length;
  print({
    name: `delta of ${what}: bytes over the wire, both directions, with the index of both slots`,
    value: ours,
    unit: 'bytes',
    baseline: { name: 'the .fs', value: size },
    ratio: ours / size,
    goal: 'at most 0.12',
  });
  if (withRsync) {
    const rsync = await rsyncWire(from, to);
    print({
      name: `rsync's delta of ${what}`,
      value: rsync,
      unit: 'bytes',
      baseline: { name: 'the .fs', value: size },
      ratio: rsync / size,
    });
  }
  print({
    name: `zstd -3 of the full file (${what})`,
    value: zstd,
    unit: 'bytes',
    baseline: { name: 'the .fs', value: size },
    ratio: zstd / size,
  });
}

/** What the sender would send and the index would cost, with the old build in both slots. */
async function ourWire(from: string, to: string): Promise<number> {
  const digests: Buffer[] = [];
  for await (const piece of filePieces(from)) {
    for (let at = 0; at < piece.length; at += defaultBlock)
      digests.push(blockDigest(piece.subarray(at, at + defaultBlock)));
  }
  const index = Buffer.concat(digests);
  // Both slots hold the old build: the larger index, and the usual case after the first upgrade.
  const slots = [indexOf('d', index), indexOf('e', index)];
  let wire = 2 * indexBytes(index);
  let block = 0;
  const whole = createHash('sha256');
  for await (const piece of filePieces(to, 512 * 1024)) {
    whole.update(piece);
    const plan = planPiece(piece, block, { slots, writing: 'e', block: defaultBlock });
    wire += (await dataFrame(plan.map(instruction), true)).length;
    block += piece.length / defaultBlock;
  }
  return wire;
}

/** The agent sends the index in packed pieces of 32 KiB; see transfer/target/agent/60-slots.pl. */
function indexBytes(index: Buffer): number {
  let bytes = 6;
  for (let at = 0; at < index.length; at += 32_768) {
    const part = index.subarray(at, at + 32_768);
    bytes += 5 + Math.min(part.length, deflateSync(part, { level: 1 }).length);
  }
  return bytes + digestLength;
}

/** rsync counts what it sends and receives itself (`--stats`). */
async function rsyncWire(from: string, to: string): Promise<number> {
  const target = `${from}.rsync`;
  await copyFile(from, target);
  const { stdout, status } = spawnSync('rsync', ['--no-whole-file', '-I', '-z', '--stats', to, target], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (status !== 0) throw new Error(`rsync ended with status ${status ?? 'none'}`);
  if (!(await readFile(target)).equals(await readFile(to))) throw new Error('rsync made another file');
  const count = (name: string): number =>
    Number(new RegExp(`Total bytes ${name}: ([\\d,]+)`).exec(stdout)?.[1]?.replaceAll(',', ''));
  return count('sent') + count('received');
}

function print(figure: Omit<Figure, 'command'>): void {
  console.log(JSON.stringify({ ...figure, command }));
}
