import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addModules, fetchKernel } from '../../../guest/debian/kernel.ts';
import { fetchPackages } from '../../../guest/debian/packages.ts';
import { addPrograms } from '../../../guest/debian/programs.ts';
import { renderCpio } from '../../../guest/filesystem/cpio.ts';
import { FileTree } from '../../../guest/filesystem/tree.ts';
import type { MachineSpec } from '../../../localcloud/machines/machine-driver.ts';
import { serveMetadata } from '../../../localcloud/metadata/server.ts';
import { MetadataMemory } from '../metadata/metadata-memory.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { openLab, Reader, type Lab } from './lab.ts';

/** A shell on the serial line, with the network up. Says `ready` between two signs that typing cannot imitate. */
const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
export PATH=/bin
for module in /modules/*.ko; do insmod $module; done
ifconfig lo 127.0.0.1 up
ifconfig eth0 169.254.42.15 netmask 255.255.255.0 up
printf '\\001ready\\002\\n'
while read -r line; do sh -c "$line" 2>&1; printf '\\001%s\\002\\n' $?; done < /dev/ttyS0 > /dev/ttyS0
`;

/** Sends an HTTP request to the metadata address from a chosen port, with nothing but perl's own functions. */
const ask = `my ($port, $method, $path, $body) = @ARGV;
socket(S, 2, 1, 6) && setsockopt(S, 1, 2, pack('l', 1)) or die $!;
bind(S, pack('S n C4 x8', 2, $port, 0, 0, 0, 0)) or die $!;
connect(S, pack('S n C4 x8', 2, 80, 169, 254, 42, 42)) or die $!;
syswrite(S, "$method $path HTTP/1.0\\r\\nContent-Length: " . length($body) . "\\r\\n\\r\\n$body");
print while <S>;
`;

let lab: Lab;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guest-'));
  const kernel = await fetchKernel();
  const tree = new FileTree();
  const packages = await fetchPackages(['busybox-static', 'perl-base', 'libc6', 'libcrypt1']);
  await addPrograms(tree, packages, ['bin/busybox', 'usr/bin/perl']);
  tree.file('ask.pl', ask);
  await addModules(tree, kernel, ['virtio_pci', 'virtio_blk', 'virtio_net']);
  tree.file('init', init, 0o755);
  const initrd = join(folder, 'initrd');
  await writeFile(initrd, gzipSync(renderCpio(tree), { level: 1 }));
  lab = await openLab('linux', { kernel: kernel.image, initrd, commandLine: 'console=ttyS0 quiet' });
});
afterAll(async () => {
  expect(await lab.close()).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

/** What a TCP server says until the connection ends, for whatever reason. */
async function saidBy(host: string, port: number): Promise<string> {
  const socket = connect({ host, port });
  let said = '';
  socket.on('data', (bytes) => {
    said += bytes.toString();
    socket.end();
  });
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return said;
}

/** Starts a machine from the rescue system; `run` types a command and gives what it printed. */
async function boot(
  id: string,
  reach: MachineSpec['reach'] = { kind: 'closed', storagePort: undefined },
): Promise<{ spec: MachineSpec; run: (command: string) => Promise<string> }> {
  const spec = await lab.spec(id, { bootSource: 'rescue', reach });
  const line = new Reader(lab.driver.attachSerial(id));
  const past = line.text.length;
  await lab.driver.start(spec);
  await line.until('\x01ready\x02', past, 90);
  return {
    spec,
    run: async (command) => {
      const start = line.text.length;
      line.send(`${command}\n`);
      const end = await line.until('\x02', start);
      return line.text.slice(start, end);
    },
  };
}

test('user data answers ports below 1024 alone, and not while another port is connected too', async () => {
  const source = new MetadataMemory();
  source.data.set('key', Buffer.from('s3cret'));
  const socketPath = (await lab.spec('ports')).metadataSocket;
  const service = await serveMetadata({
    id: 'ports',
    socketPath,
    source,
    sourcePort: () => lab.driver.metadataSourcePort('ports'),
  });
  const { run } = await boot('ports');
  const request = (method: string, path: string, port: number, body = ''): Promise<string> =>
    run(`/usr/bin/perl /ask.pl ${port} ${method} ${path} '${body}'`);
  expect(await request('GET', '/user_data/key', 700)).toContain('s3cret');
  const refused = await request('GET', '/user_data/key', 5000);
  expect(refused).toContain('403');
  expect(refused).not.toContain('s3cret');
  expect(await request('PATCH', '/user_data/key', 701, 'new')).toContain('204');
  expect(Buffer.from(source.data.get('key') ?? []).toString()).toBe('new');
  await request('PATCH', '/state', 6000, '{"state_detail":"booted"}');
  expect(source.states).toEqual(['booted']);
  // Which of two open connections asks is not known, so the privileged one is refused as well.
  await run('(sleep 30 | nc 169.254.42.42 80) > /dev/null 2>&1 &');
  expect(await request('GET', '/user_data/key', 702)).toContain('403');
  await lab.driver.cutPower('ports');
  await service.close();
});

test('ports of the guest answer at its own address; what was flushed survives a cut of power; holes stay holes', async () => {
  const { spec, run } = await boot('disk');
  await run(`(echo from the guest | nc -l -p 80) > /dev/null 2>&1 &`);
  // The shell goes on before its background job listens, and a connection that comes before is ended by the guest.
  const said = await poll({
    probe: async () => (await saidBy(spec.address, 20080)) || undefined,
    deadline: Deadline.after(20),
    onTimeout: () => new Error('port 80 of the guest does not answer'),
  });
  expect(said).toBe('from the guest\n');
  await run(`yes bootfleet | head -c 1048576 | dd of=/dev/vda bs=4096 seek=1024 conv=fsync`);
  await run('dd if=/dev/zero of=/dev/vda bs=1M seek=16 count=32 conv=fsync');
  await lab.driver.cutPower('disk');
  const file = await open(spec.disks[0] ?? '');
  const written = Buffer.alloc(1048576);
  await file.read(written, 0, written.length, 4096 * 1024);
  expect(written.equals(Buffer.from('bootfleet\n'.repeat(104858)).subarray(0, 1048576))).toBe(true);
  expect((await file.stat()).blocks * 512).toBeLessThan(3 * 1048576);
  await file.close();
});

/** A server on the host's loopback that greets. */
async function greeter(word: string): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume().end(`${word}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

test('a guest reaches the object storage and nothing else of the host, by no address', async () => {
  const storage = await greeter('object storage');
  const api = await greeter('the API');
  const { run, spec } = await boot('closed', { kind: 'closed', storagePort: storage.port });
  await run('route add default gw 169.254.42.1');
  const ask = (address: string, port: number): Promise<string> =>
    run(`echo | timeout 3 nc ${address} ${port}; echo "ended $?"`);
  // Each connection has a forward of its own, so there may be many.
  for (let time = 0; time < 3; time += 1) {
    expect(await ask('169.254.42.2', storage.port)).toContain('object storage\r\nended 0');
  }
  const host = hostAddress();
  for (const address of ['169.254.42.1', '169.254.42.2', '169.254.42.3', '169.254.42.42', host]) {
    const answer = await ask(address, api.port);
    expect(answer).not.toContain('the API');
    expect(answer).toMatch(/ended (1|143)/);
  }
  expect(await ask('169.254.42.1', storage.port)).not.toContain('object storage');
  await lab.driver.cutPower(spec.id);
  for (const { server } of [storage, api]) await new Promise((resolve) => server.close(resolve));
});

/** An address of this machine that is not loopback, if it has one. */
function hostAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '192.0.2.1';
}

test('a guest that powers off or panics: off is off, a panic stays visible and running', async () => {
  const { run } = await boot('off');
  const exit = new Promise((resolve) => {
    lab.driver.onExit((id, how) => {
      if (id === 'off') resolve(how);
    });
  });
  void run('poweroff -f').catch(() => undefined);
  expect(await exit).toMatchObject({ reason: 'guest', code: 0 });
  const again = await boot('off');
  void again.run('echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger').catch(() => undefined);
  await new Reader(lab.driver.attachSerial('off')).until('Kernel panic');
  expect(lab.driver.isRunning('off')).toBe(true);
  await lab.driver.cutPower('off');
});
