import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { chain, configureNetwork, runCommand, setVariable } from '../../console/dialogues/ipxe/commands.ts';
import { reachPrompt } from '../../console/dialogues/ipxe/reach-prompt.ts';
import { ConsoleSession } from '../../console/session.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { startIpxeMachine, type IpxeMachine } from './machines/ipxe-machine.ts';

let machine: IpxeMachine | undefined;
let session: ConsoleSession;
let server: Server;
let host: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/hello.ipxe') response.end('#!ipxe\necho hello from ${net0/ip}\n');
    else if (request.url === '/denied') response.writeHead(403).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `http://10.0.2.2:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
});

afterEach(async () => {
  await session.close();
  await machine?.stop();
});

async function boot(network?: string): Promise<void> {
  machine = await startIpxeMachine(network);
  session = new ConsoleSession({ transport: machine.transport, machine: 'edge-1' });
  await reachPrompt(session, { deadline: Deadline.after(60) });
}

test('Ctrl-B, dhcp, a script over HTTP, and the errors of each step', async () => {
  await boot();
  await configureNetwork(session);
  await chain(session, `${host}/hello.ipxe`);
  await session.expect([{ name: 'hello', match: 'hello from 10.0.2.15' }], {
    deadline: Deadline.after(20),
    doing: 'waiting for the script',
  });
  await expect(chain(session, `${host}/missing.ipxe`)).rejects.toThrow(
    /BF1312: edge-1: `chain .*The server has no such file \(HTTP 404\) \(https:\/\/ipxe.org\/2d0c613b\)/,
  );
  await expect(chain(session, `${host}/denied`)).rejects.toThrow(/HTTP 403.*ipxe\.org\/410c613c/);
  await expect(chain(session, 'http://10.0.2.2:1/x')).rejects.toThrow(/refused the connection/);
  await expect(chain(session, 'http://no-such-host.invalid/x')).rejects.toThrow(
    /host name does not exist \(DNS\)/,
  );
  await expect(runCommand(session, 'chain ftpx://a/b')).rejects.toThrow(/does not support/);
  await expect(runCommand(session, 'frobnicate')).rejects.toThrow(/no command `frobnicate`/);
  // A line broken at the 80th column, twice, and read back.
  const long = Array.from({ length: 150 }, (_, index) => (index % 10).toString()).join('');
  await setVariable(session, 'long', long);
  const shown = await runCommand(session, 'echo ${long}');
  expect(shown.replaceAll(/\s/g, '')).toBe(long);
});

test('a machine without a link fails at dhcp, after the attempts asked for', async () => {
  await boot('none');
  await expect(configureNetwork(session, { attempts: 2 })).rejects.toThrow(
    /BF1311: edge-1: `dhcp` failed 2 times/,
  );
});
