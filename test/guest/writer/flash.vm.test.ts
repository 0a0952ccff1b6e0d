import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BlockDigest } from '../../../transfer/block-digest.ts';
import { buildWriter, type Writer } from '../../../guest/writer/build-writer.ts';
import { openWorkshop, type Workshop } from '../support/builds.ts';
import { emptyDisk, TestMachine } from '../support/machine.ts';
import { serve, type Web } from '../support/web.ts';

const mebibyte = 2 ** 20;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let workshop: Workshop;
let writer: Writer;
let web: Web;
let machine: TestMachine | undefined;
/** Path -> what the web server does. */
const pages = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();

/** A small image: a first megabyte that would boot, data, a hole, data. */
const image = Buffer.alloc(6 * mebibyte + 512);
image
  .fill(0xab, 0, 1000)
  .fill(0x5a, mebibyte + 100, 2 * mebibyte)
  .fill(0x77, 5 * mebibyte);
image.writeUInt16LE(0xaa55, 510);

beforeAll(async () => {
  workshop = await openWorkshop();
  writer = await buildWriter();
  web = await serve((request, response) => {
    const page = pages.get(request.url ?? '');
    if (page) page(request, response);
    else response.writeHead(404).end('nothing here');
  });
  publish('/image', image);
});
afterEach(async () => { await machine?.stop(); machine = undefined; }); // prettier-ignore
afterAll(async () => { await web.close(); await workshop.close(); }); // prettier-ignore

function publish(path: string, bytes: Buffer): void {
  pages.set(path, (_request, response) => { response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes); }); // prettier-ignore
}

/** Orders for `image`, changed as given. */
function orders(changes: Record<string, string | number> = {}): string {
  const all = {
    url: web.url('/image'),
    sha256: sha256(image),
    size: image.length,
    format: 'raw',
    ...changes,
  };
  return Object.entries(all).map(([name, value]) => `bootfleet.${name}=${value}`).join(' '); // prettier-ignore
}

/** Runs the writer until it has said `done` or `failed`; gives what the disk then holds. */
async function flash(
  disk: string,
  given: string,
  more: readonly string[] = [],
): Promise<{ result: string; console: string; bytes: Buffer }> {
  const started = await TestMachine.start({
    disk,
    kernel: {
      image: writer.kernel,
      initrd: writer.initrd,
      arguments: `console=ttyS0,115200 quiet loglevel=3 ${given}`,
    },
    more,
  });
  machine = started;
  const { match } = await started.expect(/bootfleet-writer: ((?:done|failed) [^\r\n]*)\r?\n/, {
    seconds: 150,
  });
  await started.stop();
  return { result: match[1] ?? '', console: started.output, bytes: await readFile(disk) };
}

describe('flash writer', () => {
  it('flashes the stand-in appliance, which then boots from that disk', async () => {
    const { img } = await workshop.build('1');
    publish('/edge.img', img);
    const disk = await emptyDisk(workshop.path('whole.img'), 512 * mebibyte);
    const given = orders({ url: web.url('/edge.img'), sha256: sha256(img), size: img.length, zero: 1 });
    const { result, console, bytes } = await flash(disk, given);
    expect(result).toMatch(
      new RegExp(`^done sha256=${sha256(img)} bytes=${img.length} written=\\d+ seconds=[\\d.]+$`),
    );
    expect(Number(/written=(\d+)/.exec(result)?.[1])).toBeLessThan(img.length / 2);
    expect(console).toMatch(
      new RegExp(`start disk=/dev/vda disk-bytes=${512 * mebibyte} image-bytes=${img.length} sha256=`),
    );
    expect(console).toMatch(
      /progress phase=write done=(\d+) total=\1\r?\n[^]*progress phase=verify done=(\d+) total=\2/,
    );
    expect(bytes.subarray(0, img.length).equals(img)).toBe(true);
    machine = await TestMachine.start({ disk });
    await machine.expect(/booted build=1 slot=d/, { seconds: 90 });
  });

  it('overwrites all of an old system, holes and backup tables included', async () => {
    const disk = workshop.path('old.img');
    await writeFile(disk, Buffer.alloc(16 * mebibyte, 0xee));
    const { result, bytes } = await flash(disk, orders());
    expect(result).toMatch(/^done /);
    expect(bytes.subarray(0, image.length).equals(image)).toBe(true);
    expect(bytes.subarray(15 * mebibyte).equals(Buffer.alloc(mebibyte))).toBe(true);
    expect(bytes[10 * mebibyte]).toBe(0xee);
  });

  for (const [format, pack] of [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)
    // prettier-ignore
    it(`unpacks ${format}, proven by its blocks alone`, async () => {
      publish(`/image.${format}`, pack(image));
      const blocks = new BlockDigest().update(image).hex();
      const disk = await emptyDisk(workshop.path(`${format}.img`), 16 * mebibyte);
      const { result, bytes } = await flash(disk, orders({ url: web.url(`/image.${format}`), format, blocks, zero: 1 }));
      expect(result).toMatch(/^done /);
      expect(bytes.subarray(0, image.length).equals(image)).toBe(true);
    });

  it('lets openssl make the digests on a processor that is none of QEMU', async () => {
    const disk = await emptyDisk(workshop.path('openssl.img'), 16 * mebibyte);
    const processor = ['-cpu', 'max,model-id=A real processor'];
    const { result, bytes } = await flash(disk, orders(), processor);
    expect(result).toMatch(/^done /);
    expect(bytes.subarray(0, image.length).equals(image)).toBe(true);
    await writeFile(disk, Buffer.alloc(16 * mebibyte));
    const wrong = sha256(Buffer.from('another image'));
    expect((await flash(disk, orders({ sha256: wrong }), processor)).result).toContain(
      `expected ${wrong}, found ${sha256(image)}`,
    );
  });

  it('leaves the old system alone when the packed image cannot be had', async () => {
    const disk = workshop.path('untouched.img');
    const old = Buffer.alloc(16 * mebibyte, 0xee);
    await writeFile(disk, old);
    const { result, bytes } = await flash(disk, orders({ url: web.url('/nothing'), format: 'zstd' }));
    expect(result).toMatch(/^failed reason=http detail=".*status 404/);
    expect(bytes.equals(old)).toBe(true);
  });

  it('goes on where a broken connection ended', async () => {
    let requests = 0;
    pages.set('/breaks', (request, response) => {
      requests += 1;
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? 'bytes=0-')?.[1]);
      const headers = {
        'Content-Length': image.length - from,
        'Content-Range': `bytes ${from}-${image.length - 1}/${image.length}`,
      };
      response.writeHead(from > 0 ? 206 : 200, headers);
      if (requests > 2) response.end(image.subarray(from));
      else response.write(image.subarray(from, from + 2 * mebibyte), () => response.destroy());
    });
    const disk = await emptyDisk(workshop.path('breaks.img'), 16 * mebibyte);
    const { result, bytes } = await flash(disk, orders({ url: web.url('/breaks') }));
    expect(result).toMatch(/^done /);
    expect(requests).toBe(3);
    expect(bytes.subarray(0, image.length).equals(image)).toBe(true);
  });
});

describe('refusals', () => {
  const wrong = sha256(Buffer.from('another image'));
  const chunked = (bytes: Buffer) => (_request: IncomingMessage, response: ServerResponse): void => {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200).end(bytes);
  }; // prettier-ignore
  const cases: readonly (readonly [string, string, () => Record<string, string | number>, RegExp])[] = [
    ['too-small', 'a disk smaller than the image', () => ({ size: 64 * mebibyte }), /67108864/],
    ['no-disk', 'a disk that is not there', () => ({ disk: '/dev/vdq' }), /\/dev\/vdq .*disks: vda/],
    ['http', 'a URL that is not there', () => ({ url: web.url('/nothing') }), /status 404/],
    ['format', 'bytes that are not what the format says', () => ({ format: 'zstd' }), /unsupported format/],
    ['digest', 'another image than ordered', () => ({ sha256: wrong }), new RegExp(`expected ${wrong}, found ${sha256(image)}`)],
    ['digest', 'an image with one block changed', () => ({ blocks: wrong }), /expected/],
    ['short', 'a server that offers too little', () => ({ size: image.length + 512 }), /offers/],
    ['long', 'a server that offers too much', () => ({ size: image.length - 512 }), /offers/],
    ['long', 'a stream that goes on', () => {
      pages.set('/endless', chunked(image));
      return { url: web.url('/endless'), size: 3 * mebibyte };
    }, /more than/],
    ['format', 'orders without a digest', () => ({ sha256: '' }), /sha256/],
  ]; // prettier-ignore
  for (const [index, [reason, what, changes, detail]] of cases.entries())
    it(`${reason}: ${what}; the disk does not boot afterwards`, async () => {
      const disk = await emptyDisk(workshop.path(`refused-${index}.img`), 16 * mebibyte);
      const { result, bytes } = await flash(disk, orders(changes()));
      expect(result).toMatch(new RegExp(`^failed reason=${reason} detail="`));
      expect(result).toMatch(detail);
      expect(bytes.subarray(0, mebibyte).equals(Buffer.alloc(mebibyte))).toBe(true);
    });
});
