import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWriter, type Writer } from '../../../guest/writer/build-writer.ts';
import { openWorkshop, type Workshop } from '../support/builds.ts';
import { emptyDisk, TestMachine } from '../support/machine.ts';
import { serve, type Web } from '../support/web.ts';

const mebibyte = 2 ** 20;
const image = randomBytes(48 * mebibyte);
let workshop: Workshop;
let writer: Writer;
let web: Web;

beforeAll(async () => {
  workshop = await openWorkshop();
  writer = await buildWriter();
  web = await serve((_request, response) =>
    response.writeHead(200, { 'Content-Length': image.length }).end(image),
  );
});
afterAll(async () => { await web.close(); await workshop.close(); }); // prettier-ignore

describe('power cut while flashing', () => {
  it('at any moment leaves a disk that does not boot, or one that is whole; the next run finishes', async () => {
    const disk = await emptyDisk(workshop.path('cut.img'), 64 * mebibyte);
    const given = `bootfleet.url=${web.url('/')} bootfleet.size=${image.length} bootfleet.sha256=${createHash('sha256').update(image).digest('hex')}`;
    const start = (): Promise<TestMachine> =>
      TestMachine.start({
        disk,
        kernel: {
          image: writer.kernel,
          initrd: writer.initrd,
          arguments: `console=ttyS0,115200 quiet loglevel=3 ${given}`,
        },
      });
    const cuts = Array.from({ length: 4 }, () => randomInt(0, 3000));
    console.log(`cuts after ${cuts.join(', ')} ms`);
    for (const cut of cuts) {
      const machine = await start();
      try {
        await machine.expect(/bootfleet-writer: start /);
        await new Promise((resolve) => setTimeout(resolve, cut));
      } finally {
        await machine.stop();
      }
      const held = await readFile(disk);
      const bootable = !held.subarray(0, 512).equals(Buffer.alloc(512));
      if (bootable) expect(held.subarray(0, image.length).equals(image)).toBe(true);
    }
    const machine = await start();
    try {
      await machine.expect(/bootfleet-writer: done /);
    } finally {
      await machine.stop();
    }
    expect((await readFile(disk)).subarray(0, image.length).equals(image)).toBe(true);
  });
});
