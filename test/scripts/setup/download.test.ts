import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, globalAgent, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { download } from '../../../scripts/setup/download.ts';

const content = Buffer.from('a tool, packed');
const right = createHash('sha256').update(content).digest('hex');
const lists: Readonly<Record<string, string>> = {
  '/right.txt': `${'b'.repeat(64)}  other.tar.gz\n${right}  tool.tar.gz\n`,
  '/wrong.txt': `${'b'.repeat(64)}  tool.tar.gz\n`,
  '/silent.txt': `${right}  other.tar.gz\n`,
};

let folder: string;
let server: Server;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-download-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...curve, '-nodes', '-days', '2', ...subject, '-keyout', key, '-out', cert],
    {
      stdio: 'ignore',
    },
  );
  const certificate = await readFile(cert);
  globalAgent.options.ca = certificate;
  server = createServer({ key: await readFile(key), cert: certificate }, (request, response) => {
    const path = request.url ?? '';
    if (path === '/tool.tar.gz') response.end(content);
    else if (path === '/cut/tool.tar.gz') {
      response.writeHead(200, { 'Content-Length': content.length });
      response.write(content.subarray(0, 3), () => response.destroy());
    } else if (path === '/moved/tool.tar.gz') response.writeHead(302, { Location: '/tool.tar.gz' }).end();
    else if (path === '/plain/tool.tar.gz')
      response.writeHead(302, { Location: 'http://localhost/tool.tar.gz' }).end();
    else if (path === '/round/tool.tar.gz') response.writeHead(302, { Location: path }).end();
    else if (lists[path] !== undefined) response.end(lists[path]);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `https://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  delete globalAgent.options.ca;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

test.each(['/tool.tar.gz', '/moved/tool.tar.gz'])('%s with the right checksum', async (path) => {
  await download(base + path, `${base}/right.txt`, join(folder, 'got'));
  expect(await readFile(join(folder, 'got'))).toEqual(content);
});

test.each([
  ['/tool.tar.gz', '/wrong.txt', 'BF1904'],
  ['/tool.tar.gz', '/silent.txt', 'does not name it'],
  ['/tool.tar.gz', '/missing.txt', 'status 404'],
  ['/missing/tool.tar.gz', '/right.txt', 'status 404'],
  ['/cut/tool.tar.gz', '/right.txt', 'BF1903'],
  ['/plain/tool.tar.gz', '/right.txt', 'redirected to http:'],
  ['/round/tool.tar.gz', '/right.txt', 'too many redirects'],
])('%s by %s is refused', async (path, list, why) => {
  await expect(download(base + path, base + list, join(folder, 'refused'))).rejects.toThrow(why);
});

test('without a network it says so at once', async () => {
  const started = Date.now();
  await expect(
    download('https://bootfleet.invalid/x', 'https://bootfleet.invalid/y', join(folder, 'n')),
  ).rejects.toThrow('BF1903');
  expect(Date.now() - started).toBeLessThan(5000);
});
