import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SerialViewer } from '../../../localcloud/machines/machine-driver.ts';
import { outputFrame, parseClientFrame, parseTicket } from '../../../localcloud/serial/console-frames.ts';
import {
  attachConsole,
  type ConsoleFault,
  type ConsoleService,
} from '../../../localcloud/serial/console-server.ts';

const secret = '7d1b2c0e-9a67-4a1e-8f0e-5a3a1c0b2d4f';
let server: Server;
let service: ConsoleService;
let fault: ConsoleFault | undefined;
let typed: string;
let viewers: Set<(bytes: Uint8Array) => void>;
let log: string[];

/** A serial line for tests: says `past` to each viewer, remembers what is typed. */
function attach(): SerialViewer {
  let mine: ((bytes: Uint8Array) => void) | undefined;
  return {
    onData: (listener) => {
      mine = listener;
      viewers.add(listener);
      listener(Buffer.from('past '));
    },
    write: (bytes) => {
      typed += Buffer.from(bytes).toString('latin1');
    },
    detach: () => {
      if (mine) viewers.delete(mine);
    },
  };
}

beforeEach(async () => {
  [typed, viewers, log, fault] = ['', new Set(), [], undefined];
  server = createServer();
  service = attachConsole(server, {
    authorize: async (ticket) => {
      // As slow as a real check, so that frames overtake it.
      await new Promise((resolve) => setImmediate(resolve));
      return ticket.secret === secret ? { title: `server ${ticket.serverId}` } : { refused: 'unknown token' };
    },
    attach,
    fault: () => fault,
    log: (line) => log.push(line),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  service.close();
  server.close();
  server.closeAllConnections();
  expect(log.join('\n')).not.toContain(secret);
});

/** A client; `said` collects decoded output, `frames` everything else. */
class Client {
  said = '';
  readonly frames: string[] = [];
  readonly socket: WebSocket;
  constructor(path = '/v2/ws') {
    this.socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, [
      'webtty',
    ]);
    this.socket.on('message', (data: Buffer) => {
      const frame = data.toString();
      if (frame.startsWith('1')) this.said += Buffer.from(frame.slice(1), 'base64').toString();
      else this.frames.push(frame);
    });
  }
  async open(token = secret, id = 'fr-par-1/abc'): Promise<this> {
    await once(this.socket, 'open');
    this.socket.send(JSON.stringify({ AuthToken: '', Arguments: `?arg=${token}&arg=${id}` }));
    return this;
  }
  async until(text: string): Promise<void> {
    while (!this.said.includes(text) && !this.frames.includes(text)) await once(this.socket, 'message');
  }
  async closed(): Promise<[number, string]> {
    const [code, reason] = (await once(this.socket, 'close')) as [number, Buffer];
    return [code, reason.toString()];
  }
}

test('title, scroll-back, live output, keys, ping', async () => {
  const client = await new Client().open();
  await client.until('past ');
  expect(client.frames).toEqual(['3server abc']);
  for (const viewer of viewers) viewer(Buffer.from([0x1b, 0x5b, 0x48]));
  await client.until('\x1b[H');
  client.socket.send('1ls\r');
  client.socket.send(Buffer.from([0x31, 0x02, 0xff]));
  client.socket.send('3{"columns":80,"rows":24}');
  client.socket.send('9what');
  client.socket.send('2');
  await client.until('2');
  expect(typed).toBe('ls\r\x02\xff');
  client.socket.close();
  await client.closed();
  expect(viewers.size).toBe(0);
});

test('keys typed before the ticket was checked are kept, in order', async () => {
  const client = new Client();
  await once(client.socket, 'open');
  client.socket.send(JSON.stringify({ AuthToken: '', Arguments: `?arg=${secret}&arg=abc` }));
  for (const key of 'early') client.socket.send(`1${key}`);
  client.socket.send('2');
  await client.until('2');
  expect(typed).toBe('early');
});

test('a refused or unreadable ticket closes with the reason and reaches no machine', async () => {
  const refused = await new Client().open('00000000-0000-0000-0000-000000000000');
  expect(await refused.closed()).toEqual([1008, 'console ticket refused: unknown token']);
  const senseless = new Client();
  await once(senseless.socket, 'open');
  senseless.socket.send('1ls\r');
  expect(await senseless.closed()).toEqual([1008, 'console ticket refused: the first frame is no ticket']);
  expect([typed, viewers.size]).toEqual(['', 0]);
});

test('other paths are answered with 404', async () => {
  const client = new Client('/v1/ws');
  const [error] = (await once(client.socket, 'error')) as [Error];
  expect(error.message).toContain('404');
});

test('faults: refuse, drop after bytes, drop now', async () => {
  fault = { refuse: 'injected' };
  expect(await (await new Client().open()).closed()).toEqual([1008, 'console ticket refused: injected']);
  fault = { dropAfterBytes: 7 };
  const cut = await new Client().open();
  await cut.until('past ');
  for (const viewer of viewers) viewer(Buffer.from('123456'));
  expect((await cut.closed())[0]).toBe(1006);
  expect(cut.said).toBe('past 12');
  fault = { dropAfterSeconds: 0.01 };
  expect((await (await new Client().open()).closed())[0]).toBe(1006);
  fault = undefined;
  const dropped = await new Client().open();
  await dropped.until('past ');
  expect(service.drop('other')).toBe(0);
  expect(service.drop('abc')).toBe(1);
  expect((await dropped.closed())[0]).toBe(1006);
});

test('a viewer that does not read is ended, another goes on', async () => {
  const [slow, quick] = [await new Client().open(), await new Client().open()];
  await slow.until('past ');
  await quick.until('past ');
  const ended = slow.closed();
  slow.socket.pause();
  const piece = Buffer.alloc(512 * 1024, 'x');
  // More than the bound and the kernel's buffers together.
  for (let count = 1; count <= 40; count++) {
    for (const viewer of [...viewers]) viewer(piece);
    while (quick.said.length < count * piece.length) await once(quick.socket, 'message');
  }
  slow.socket.resume();
  expect(await ended).toEqual([1013, 'the viewer reads too slowly']);
  expect(slow.said.length).toBeLessThan(quick.said.length);
  expect(quick.socket.readyState).toBe(WebSocket.OPEN);
}, 20_000);

test('frames: any bytes get through, any text is no reason to fall over', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...Buffer.from(outputFrame(bytes).slice(1), 'base64')]).toEqual([...bytes]);
      const frame = parseClientFrame(Uint8Array.of(0x31, ...bytes));
      expect(frame).toEqual({ kind: 'input', bytes });
      expect(() => parseClientFrame(bytes)).not.toThrow();
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parseTicket(text)).not.toThrow();
    }),
  );
  expect(parseTicket('{"Arguments":"?arg=a&arg=fr-par-1/b"}')).toEqual({ secret: 'a', serverId: 'b' });
  for (const bad of ['{}', '{"Arguments":"?arg=a"}', '{"Arguments":"?arg=a&arg=b&arg=c"}', 'null'])
    expect(parseTicket(bad)).toBeUndefined();
});
