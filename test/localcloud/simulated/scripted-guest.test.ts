import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { writerOrders } from '../../../localcloud/simulated/scripted-guest.ts';
import { ownAddress } from '../../own-address.ts';
import { testGuests, type TestGuests } from './guests.ts';

const sha256 = 'ab'.repeat(32);
const script = `#!ipxe\nkernel http://h/vmlinuz bootfleet.url=http://h/x bootfleet.sha256=${sha256} bootfleet.size=4096 initrd=initrd\nboot\n`;

describe('from the disk', () => {
  test('the guest says its host key and its build, reports, and answers on SSH until power is cut', async () => {
    const { guests, spec, port, reported, shown, until } = await testGuests('disk');
    guests.powerOn(spec);
    await until('bootfleet-guest: booted build=simulated slot=d\r\n');
    expect(shown()).toMatch(/^bootfleet-guest: ssh-host-key ssh-ed25519 [A-Za-z0-9+/=]+\r\n/);
    expect(reported).toEqual(['m1 booted']);
    const socket = connect(port, ownAddress);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^SSH-2\.0-/);
    const closed = once(socket, 'close');
    guests.powerOff('m1');
    await closed;
    expect(await refused(port)).toBe(true);
  });

  test('power that is cut while it boots leaves no SSH server and says no more', async () => {
    const { guests, spec, port, reported, shown } = await testGuests('disk');
    guests.powerOn(spec);
    guests.powerOff('m1');
    await expect.poll(() => refused(port)).toBe(true);
    expect([shown(), reported]).toEqual(['', []]);
  });

  test('a port that is taken is said on the line and in the log', async () => {
    const { guests, spec, port, logged, until } = await testGuests('disk');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, ownAddress, resolve));
    guests.powerOn(spec);
    await until('EADDRINUSE');
    expect(logged[0]).toContain('m1');
    taken.close();
  });
});

describe('from the network', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** Serves a text at every path. */
  async function serving(text: string, status = 200): Promise<string> {
    const server = createServer((_, response) => response.writeHead(status).end(text));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://169.254.42.2:${(server.address() as AddressInfo).port}/boot/1.ipxe`;
  }

  /** At iPXE's prompt. */
  async function prompt(): Promise<TestGuests> {
    const lab = await testGuests('network');
    lab.guests.powerOn(lab.spec);
    await lab.until('Press Ctrl-B');
    lab.type('\u0002');
    await lab.until('iPXE> ');
    return lab;
  }

  test('the script is fetched from this machine, and its writer says that the image is written', async () => {
    const { type, until, shown } = await prompt();
    type(`chain ${await serving(script)}\r`);
    await until(`bootfleet-writer: done sha256=${sha256} bytes=4096 written=0 seconds=0\r\n`);
    expect(shown()).toContain(`start disk=/dev/vda disk-bytes=4096 image-bytes=4096 sha256=${sha256}`);
  });

  test('a script without a writer ends at the prompt', async () => {
    const { type, until } = await prompt();
    type(`chain ${await serving('#!ipxe\necho nothing\n')}\r`);
    await until(' ok\r\n\r\niPXE> ');
  });

  test('a script that is not there is said', async () => {
    const { type, until, logged } = await prompt();
    type(`chain ${await serving('gone', 404)}\r`);
    await until('HTTP 404');
    expect(logged[0]).toContain('HTTP 404');
  });

  test('a machine that was switched off takes no more keys', async () => {
    const { guests, type, shown } = await prompt();
    guests.powerOff('m1');
    const before = shown();
    type('dhcp\r');
    expect(shown()).toBe(before);
  });
});

describe('what the writer is told', () => {
  test('is read from the script, and nothing when a part is missing', () => {
    expect(writerOrders(script)).toEqual({ sha256, size: 4096 });
    expect(writerOrders(script.replace('bootfleet.size=4096', ''))).toBeUndefined();
    expect(writerOrders(script.replace(sha256, 'abc'))).toBeUndefined();
  });

  test('of any text, never makes it throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(writerOrders(text)).toBeUndefined();
      }),
    );
  });
});

async function refused(port: number): Promise<boolean> {
  const socket = connect(port, ownAddress);
  return await new Promise((resolve) => {
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => {
      resolve(true);
    });
  });
}
