/**
 * A whole image to the inactive slot of a real machine: bootfleet's transfer beside OpenSSH's client.
 *
 *     node bench/full-transfer.ts [--rounds 3] [--slot-mb 48] [--only cat]
 *
 * In each round every way is used once, on the same machine, from the same state, so a ratio compares neighbours in time.
 * `seconds` are those of the clock; `processor seconds` those of the machine's (QEMU's) processor, which say the same on
 * a busy computer. What does not depend on the size, such as notes in /cfg, weighs less in a larger image: `--slot-mb`.
 * `--only cat` leaves out the ways through the real upgrade.sh. OpenSSH's client must be installed.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chooseMode } from '../transfer/delta/choose-mode.ts';
import { digestFile } from '../transfer/digest.ts';
import { askAgent } from '../transfer/target/agent.ts';
import { QemuMachine } from '../test/components/rollout/vm/qemu-machine.ts';
import { testImage } from '../test/components/rollout/vm/test-images.ts';
import { Deadline } from '../waiting/deadline.ts';
import { median, type Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';
import { ours, pidFileOf, plain, prepare, type TransferLab, type Way } from './full-transfer/ways.ts';

interface Taken {
  readonly seconds: number;
  readonly processor: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    'slot-mb': { type: 'string', default: '48' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const cat = plain('cat > /dev/rsd0e', 'cat');
const upgrade = plain('/resflash/upgrade.sh', 'upgrade.sh');
const all: readonly { way: Way; baseline: Way; goal?: string }[] = [
  { way: ours('full', 'cat'), baseline: cat, goal: 'at most 1.2' },
  { way: ours('compressed', 'cat'), baseline: cat, goal: 'at most 1.2' },
  { way: ours('full', 'upgrade.sh'), baseline: upgrade },
  { way: ours('compressed', 'upgrade.sh'), baseline: upgrade },
  { way: ours('delta', 'upgrade.sh'), baseline: upgrade },
];

const comparisons = all.filter(({ way }) => values.only === undefined || way.behind === values.only);

const slotMb = Number(values['slot-mb']);

await runBench(['qemu-system-x86_64', 'ssh'], async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-transfer-'));
  const installed = testImage(folder, 1, 'good', slotMb);
  const sent = testImage(folder, 2, 'good', slotMb);
  const { rawSize, rawSha256, rawSha512 } = await digestFile(sent.fs);
  const machine = await QemuMachine.start('transfer', installed);
  try {
    const image = {
      file: sent.fs,
      bytes: rawSize,
      sha256: rawSha256,
      sha512: rawSha512,
      build: sent.build,
    };
    await measure({ machine, image });
  } finally {
    await machine.remove();
    await rm(folder, { recursive: true, force: true });
  }
});

async function measure(lab: TransferLab): Promise<void> {
  const ways = [...new Set(comparisons.flatMap(({ way, baseline }) => [baseline, way]))];
  const taken = new Map<Way, Taken[]>(ways.map((way) => [way, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const way of ways) {
      await prepare(lab, way.behind);
      const one = await timed(lab, way);
      taken.get(way)?.push(one);
      console.error(`round ${round}: ${way.name} (${way.behind}): ${JSON.stringify(one)}`);
    }
  }
  const megabytes = Math.round(lab.image.bytes / 1e6);
  for (const { way, baseline, goal } of comparisons) {
    for (const [unit, of] of [
      ['s', ({ seconds }: Taken) => seconds],
      ['processor s', ({ processor }: Taken) => processor],
    ] as const) {
      const [mine = [], base = []] = [taken.get(way)?.map(of), taken.get(baseline)?.map(of)];
      print({
        name: `${megabytes} MB to the slot: ${way.name}, into ${way.behind}`,
        value: median(mine),
        unit,
        baseline: { name: baseline.name, value: median(base) },
        ratio: median(mine.map((value, round) => value / (base[round] ?? NaN))),
        ...(goal !== undefined && unit === 's' && { goal }),
      });
    }
  }
  if (comparisons.length === all.length) await judgeAuto(lab, taken);
}

async function timed(lab: TransferLab, way: Way): Promise<Taken> {
  const begun = performance.now();
  const before = await processorSeconds(lab);
  const putAway = await way.run(lab);
  const seconds = (performance.now() - begun) / 1000;
  const processor = (await processorSeconds(lab)) - before;
  await putAway();
  const round = (value: number): number => Math.round(value * 100) / 100;
  return { seconds: round(seconds), processor: round(processor) };
}

/** Fields 14 and 15 of /proc/PID/stat, in hundredths of a second; see proc(5). */
async function processorSeconds(lab: TransferLab): Promise<number> {
  const pid = (await readFile(pidFileOf(lab.machine), 'utf8')).trim();
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** What `auto` chooses for this machine as long as nothing better is known of the link, against what was quickest. */
async function judgeAuto(lab: TransferLab, taken: ReadonlyMap<Way, readonly Taken[]>): Promise<void> {
  await prepare(lab, 'upgrade.sh');
  const session = await lab.machine.connect(600);
  const [seen] = await askAgent({ machine: 'transfer', session }, 'observe', {}, Deadline.after(120));
  await session.close();
  const readRate = Number(seen?.get('hashrate'));
  const mode = chooseMode({
    bytes: lab.image.bytes,
    linkRate: 10e6,
    readRate,
    unpacks: seen?.get('zlib') === '1',
    changedShare: 0.12,
  });
  const inUpgrade = comparisons.filter(({ way }) => way.behind === 'upgrade.sh').map(({ way }) => way);
  const seconds = (way: Way): number => median((taken.get(way) ?? []).map((one) => one.seconds));
  const [quickest] = inUpgrade.toSorted((a, b) => seconds(a) - seconds(b));
  const chosen = inUpgrade.find(({ name }) => name.endsWith(mode));
  if (!quickest || !chosen) throw new Error(`auto chose ${mode}, which was not measured`);
  print({
    name: `auto chooses ${mode} (the machine says it hashes ${Math.round(readRate / 1e6)} MB/s)`,
    value: seconds(chosen),
    unit: 's',
    baseline: { name: `quickest: ${quickest.name}`, value: seconds(quickest) },
    ratio: seconds(chosen) / seconds(quickest),
  });
}

function print(figure: Omit<Figure, 'command'>): void {
  console.log(
    JSON.stringify({
      ...figure,
      command: `node bench/full-transfer.ts --rounds ${rounds} --slot-mb ${slotMb}${values.only === undefined ? '' : ` --only ${values.only}`}`,
    }),
  );
}
