import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fetchKernel } from '../../../guest/debian/kernel.ts';
import { renderCpio } from '../../../guest/filesystem/cpio.ts';
import { buildRamdiskTree } from '../../../guest/writer/ramdisk-tree.ts';
import { openWorkshop, type Workshop } from '../support/builds.ts';
import { emptyDisk, TestMachine } from '../support/machine.ts';

const image = randomBytes(3 << 20);
/** With an address of its own instead of DHCP. */
const network = 'ip=169.254.42.77::169.254.42.2:255.255.255.0::eth0:none:169.254.42.3';
let workshop: Workshop;
let server: Server;
let machine: TestMachine | undefined;
let trusting: string;
let strict: string;
let kernel: string;

const openssl = (...arguments_: string[]): void => {
  execFileSync('openssl', arguments_, { cwd: workshop.folder, stdio: 'pipe' });
};

beforeAll(async () => {
  workshop = await openWorkshop();
  const name = ['-subj', '/CN=bootfleet-test', '-addext', 'subjectAltName=IP:169.254.42.2', '-days', '2'];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', ...name);
  const fetched = await fetchKernel();
  kernel = fetched.image;
  const tree = await buildRamdiskTree(fetched);
  strict = workshop.path('strict-initrd');
  await writeFile(strict, zstdCompressSync(renderCpio(tree)));
  tree.file('etc/ssl/certs/ca-certificates.crt', await readFile(workshop.path('cert.pem')));
  trusting = workshop.path('trusting-initrd');
  writeFileSync(trusting, zstdCompressSync(renderCpio(tree)));
  server = createServer(
    { key: readFileSync(workshop.path('key.pem')), cert: readFileSync(workshop.path('cert.pem')) },
    (_request, response) => { response.writeHead(200, { 'Content-Length': image.length }).end(image); },
  ); // prettier-ignore
  server.on('tlsClientError', () => undefined); // the refused handshake, seen from the other side
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => { await machine?.stop(); machine = undefined; }); // prettier-ignore
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await workshop.close();
});

async function flash(initrd: string, disk: string): Promise<string> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const orders = `bootfleet.url=https://169.254.42.2:${String(port)}/image bootfleet.size=${image.length} bootfleet.sha256=${createHash('sha256').update(image).digest('hex')}`;
  const kernelArguments = `console=ttyS0,115200 quiet loglevel=3 ${network} ${orders}`;
  machine = await TestMachine.start({ disk, kernel: { image: kernel, initrd, arguments: kernelArguments } });
  const { match } = await machine.expect(/bootfleet-writer: ((?:done|failed) [^\r\n]*)\r?\n/, {
    seconds: 150,
  });
  return match[1] ?? '';
}

describe('images over https, with a static address', () => {
  it('are flashed from a server with a certificate of a known authority', async () => {
    const disk = await emptyDisk(workshop.path('known.img'), 8 << 20);
    expect(await flash(trusting, disk)).toMatch(/^done /);
    await machine?.stop();
    expect((await readFile(disk)).subarray(0, image.length).equals(image)).toBe(true);
  });

  it('are refused from any other server, before the disk is touched', async () => {
    const disk = workshop.path('unknown.img');
    await writeFile(disk, Buffer.alloc(8 << 20, 0xee));
    const said = await flash(strict, disk);
    expect(said).toMatch(/^failed reason=http detail=".*verify error.*self-signed/);
    // A certificate does not become right by asking again.
    expect(said).not.toMatch(/tried \d+ times/);
    await machine?.stop();
    expect((await readFile(disk)).equals(Buffer.alloc(8 << 20, 0xee))).toBe(true);
  });
});
