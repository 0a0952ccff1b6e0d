import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QmpClient } from '../../../localcloud/machines/qmp/client.ts';
import { LineCutter, parseMessage } from '../../../localcloud/machines/qmp/messages.ts';
import { Deadline } from '../../../waiting/deadline.ts';

let folder: string;
let server: Server;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmp-'));
  path = join(folder, 's');
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A monitor for tests: greets and answers each command by `answer`. */
async function monitor(
  answer: (command: string, id: number, socket: Socket) => void,
  greeting = '{"QMP":{}}\r\n',
): Promise<void> {
  server = createServer((socket) => {
    const lines = new LineCutter();
    socket.write(greeting);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const line of lines.push(bytes.toString('utf8'))) {
        const { execute, id } = JSON.parse(line) as { execute: string; id: number };
        answer(execute, id, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

test('answers find their commands whatever order they come in, events go to listeners', async () => {
  const held: (() => void)[] = [];
  await monitor((command, id, socket) => {
    const send = (): void => {
      socket.write(`{"return": "${command}", "id": ${id}}\r\n`);
    };
    if (command === 'first') held.push(send);
    else {
      send();
      for (const one of held) one();
      socket.write('{"event": "SHUTDOWN", "data": {"guest": true}}\r\n');
    }
  });
  const client = await QmpClient.open(path, Deadline.after(20));
  const event = new Promise((resolve) => {
    client.onEvent((name, data) => {
      resolve([name, data]);
    });
  });
  const answers = await Promise.all([client.execute('first'), client.execute('second')]);
  expect(answers).toEqual(['first', 'second']);
  expect(await event).toEqual(['SHUTDOWN', { guest: true }]);
  client.close();
  await client.closed;
});

test('refusals, ends, silence and nonsense are errors, and none hangs', async () => {
  await monitor((command, id, socket) => {
    if (command === 'qmp_capabilities') socket.write(`{"return": {}, "id": ${id}}\n`);
    if (command === 'refuse')
      socket.write(`{"error": {"class": "X", "desc": "no such thing"}, "id": ${id}}\n`);
    if (command === 'hang-up') socket.destroy();
    if (command === 'nonsense') socket.write('hello\n');
  });
  const client = await QmpClient.open(path, Deadline.after(20));
  await expect(client.execute('refuse')).rejects.toThrow('no such thing');
  await expect(client.execute('silence', {}, Deadline.after(0.05))).rejects.toThrow(
    'no answer within 0.05 s',
  );
  await expect(client.execute('hang-up')).rejects.toThrow('ended');
  await client.closed;
  await expect(client.execute('later')).rejects.toThrow('has ended');
  const other = await QmpClient.open(path, Deadline.after(20));
  await expect(other.execute('nonsense')).rejects.toThrow('ended');
});

test('something that does not greet is given up in time', async () => {
  await monitor(() => undefined, '');
  await expect(QmpClient.open(path, Deadline.after(0.1))).rejects.toThrow('no answer within');
});

test('lines are cut the same wherever the stream is cut', () => {
  server = createServer();
  const line = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
      const text = lines.map((one) => `${one}\r\n`).join('');
      const cutter = new LineCutter();
      const found: string[] = [];
      let at = 0;
      for (const cut of cuts) {
        found.push(...cutter.push(text.slice(at, at + cut)));
        at += cut;
      }
      found.push(...cutter.push(text.slice(at)));
      expect(found).toEqual(lines);
    }),
  );
  expect(() => new LineCutter(10).push('x'.repeat(11))).toThrow('more than 10');
  expect(() => parseMessage('[]')).toThrow('not a QMP message');
});
