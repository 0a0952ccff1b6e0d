/**
 * Flashing against the plain way (wget | dd, then dd back) in the same guest, from the same server: the writer's
 * digests, holes and proofs must cost little. Runs alternate, so that a busy host slows both.
 *
 *     node bench/flash.ts [--rounds 3] [--mib 128] [--only solid]
 *
 * `--mib`: size of the images without a hole. `--only solid` leaves out the appliance.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { buildAppliance } from '../guest/appliance/appliance.ts';
import { fetchKernel } from '../guest/debian/kernel.ts';
import { renderCpio } from '../guest/filesystem/cpio.ts';
import { BlockDigest } from '../transfer/block-digest.ts';
import { buildWriter } from '../guest/writer/build-writer.ts';
import { buildRamdiskTree } from '../guest/writer/ramdisk-tree.ts';
import { processorModel } from '../localcloud/machines/command-line.ts';
import { chosenAccelerator } from '../test/accelerator.ts';
import { emptyDisk, TestMachine } from '../test/guest/support/machine.ts';
import { serve } from '../test/guest/support/web.ts';
import { median, type Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    mib: { type: 'string', default: '128' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const mib = Number(values.mib);
const command = `node bench/flash.ts --rounds ${rounds} --mib ${mib}${values.only === undefined ? '' : ` --only ${values.only}`}`;

/** Measures one image both ways. `packed`: what is served to the writer. */
type Compare = (
  name: string,
  image: Buffer,
  more: string,
  goal: string,
  processors?: number,
  packed?: Buffer,
) => Promise<void>;

await runBench(['qemu-system-x86_64'], async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-flash-bench-'));
  const served = new Map<string, Buffer>();
  const web = await serve((request, response) => {
    const bytes = served.get(request.url ?? '');
    if (bytes) response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    else response.writeHead(404).end();
  });

  try {
    const writer = await buildWriter();
    const plain = join(folder, 'plain-initrd');
    const tree = await buildRamdiskTree(await fetchKernel());
    tree.file('flash.pl', await readFile(new URL('flash-baseline.pl', import.meta.url)), 0o755);
    await writeFile(plain, zstdCompressSync(renderCpio(tree)));

    const run = async (
      initrd: string,
      more: string,
      pattern: RegExp,
      processors: number,
    ): Promise<number> => {
      const disk = await emptyDisk(join(folder, 'disk'), 1 << 29);
      const machine = await TestMachine.start({
        disk,
        kernel: { image: writer.kernel, initrd, arguments: `console=ttyS0,115200 quiet loglevel=3 ${more}` },
        // The processor that the embedded cloud gives.
        more: ['-smp', String(processors), '-cpu', processorModel(await chosenAccelerator())],
      });
      try {
        const { match } = await machine.expect(pattern, { seconds: 300 });
        return Number(match[1]);
      } finally {
        await machine.stop();
      }
    };
    const compare: Compare = async (name, image, more, goal, processors = 1, packed = image) => {
      served.set('/plain', image).set('/image', packed);
      const sha256 = createHash('sha256').update(image).digest('hex');
      const common = `bootfleet.size=${image.length} bootfleet.sha256=${sha256} bootfleet.zero=1`;
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < rounds; round++) {
        theirs.push(
          await run(
            plain,
            `${common} bootfleet.url=${web.url('/plain')}`,
            /baseline: write=\S+ seconds=([\d.]+)\r?\n/,
            processors,
          ),
        );
        ours.push(
          await run(
            writer.initrd,
            `${common} bootfleet.url=${web.url('/image')} ${more}`,
            /done .* seconds=([\d.]+)\r?\n/,
            processors,
          ),
        );
        console.error(`${name}: plain ${theirs.join(', ')} s, writer ${ours.join(', ')} s`);
      }
      const baseline = { name: 'wget | dd, dd back', value: median(theirs) };
      const value = median(ours);
      const figure: Figure = {
        name,
        value,
        unit: 's',
        baseline,
        ratio: value / baseline.value,
        goal,
        command,
      };
      console.log(JSON.stringify(figure));
    };

    if (values.only !== 'solid') await compareAppliance(compare);
    await compare(
      `Flash ${mib} MiB without a hole, SHA-256 of every byte`,
      randomBytes(mib << 20),
      '',
      'at most 1.3',
    );
    await compare(
      `Flash ${mib} MiB without a hole, SHA-256 of every byte, two processors`,
      randomBytes(mib << 20),
      '',
      'at most 1.3',
      2,
    );
  } finally {
    await web.close();
    await rm(folder, { recursive: true, force: true });
  }
});

async function compareAppliance(compare: Compare): Promise<void> {
  const { img } = await buildAppliance({
    version: '1',
    variant: 'good',
    date: '20261121_0900',
    extraPackages: [],
    authorizedKeys: [],
  });
  const blocks = `bootfleet.blocks=${new BlockDigest().update(img).hex()}`;
  await compare('Flash the 158 MiB appliance, raw, proven by its blocks', img, blocks, 'at most 1.3');
  await compare(
    'Flash the 158 MiB appliance, zstd, proven by its blocks',
    img,
    `${blocks} bootfleet.format=zstd`,
    'below 1',
    1,
    zstdCompressSync(img),
  );
  await compare('Flash the 158 MiB appliance, raw, SHA-256 of every byte', img, '', 'at most 1.3');
}
