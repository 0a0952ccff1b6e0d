import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machineFiles } from '../../../localcloud/machines/machine-files.ts';
import type { ProcessorStop } from '../../../localcloud/machines/processor-stop.ts';
import { identityOf } from '../../../localcloud/machines/process-identity.ts';
import { QmpClient } from '../../../localcloud/machines/qmp/client.ts';
import { LineCutter } from '../../../localcloud/machines/qmp/messages.ts';
import { RunningMachine } from '../../../localcloud/machines/running-machine.ts';
import { SerialHub } from '../../../localcloud/serial/serial-hub.ts';
import { Deadline } from '../../../waiting/deadline.ts';

let folder: string;
let server: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'running-'));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A machine whose monitor is played: `answers` by command; `event` says something by itself. */
async function played(answers: Readonly<Record<string, () => unknown>>): Promise<{
  machine: RunningMachine;
  event: (name: string, data?: object) => void;
  told: (ProcessorStop | undefined)[];
}> {
  const path = join(folder, 'qmp');
  let client: Socket | undefined;
  server = createServer((socket) => {
    client = socket;
    const lines = new LineCutter();
    socket.on('error', () => undefined);
    socket.write('{"QMP":{}}\n');
    socket.on('data', (bytes) => {
      for (const line of lines.push(bytes.toString('utf8'))) {
        const { execute, id } = JSON.parse(line) as { execute: string; id: number };
        socket.write(`${JSON.stringify({ return: answers[execute]?.() ?? {}, id })}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const files = machineFiles(folder, 'one');
  const identity = await identityOf(process.pid);
  if (identity === undefined) throw new Error('this process does not live');
  const machine = new RunningMachine({
    id: 'one',
    files: { ...files, errorLog: join(folder, 'qemu.log') },
    identity,
    monitor: await QmpClient.open(path, Deadline.after(10)),
    serial: new SerialHub(files),
  });
  const told: (ProcessorStop | undefined)[] = [];
  machine.onProcessor((stopped) => told.push(stopped));
  return {
    machine,
    told,
    event: (name, data = {}) => client?.write(`${JSON.stringify({ event: name, data })}\n`),
  };
}

test('a KVM that dies in iPXE: the stop is told once, with the words of QEMU and what the machine is', async () => {
  await writeFile(
    join(folder, 'qemu.log'),
    'KVM internal error. Suberror: 1\nemulation failure\nEAX=00000000\n',
  );
  const { machine, told, event } = await played({
    'query-status': () => ({ status: 'internal-error', running: false }),
    'query-kvm': () => ({ enabled: true, present: true }),
    'qom-get': () => 'pc-i440fx-7.2-machine',
  });
  event('STOP');
  await expect.poll(() => told).toHaveLength(1);
  const stop = {
    status: 'internal-error',
    why: 'QEMU cannot go on (KVM internal error. Suberror: 1, emulation failure)',
  };
  expect(told).toEqual([stop]);
  expect(machine.stopped).toEqual(stop);
  event('STOP');
  await machine.lookAtProcessor();
  expect(told).toHaveLength(1);
  // Who asks later hears it at once.
  const later: (ProcessorStop | undefined)[] = [];
  machine.onProcessor((stopped) => later.push(stopped));
  expect(later).toEqual([stop]);
  expect(await machine.kind()).toEqual({ kvm: true, firmware: 'bios' });
  machine.release();
});

test('a pause of our own, a machine on its way to its end, and one that runs are no stops', async () => {
  let status = 'running';
  const { machine, told, event } = await played({
    'query-status': () => ({ status }),
    stop: () => {
      status = 'paused';
      event('STOP');
    },
    cont: () => {
      status = 'running';
      event('RESUME');
    },
  });
  await machine.pause();
  await machine.lookAtProcessor();
  await machine.resume();
  for (status of ['running', 'shutdown', 'prelaunch']) await machine.lookAtProcessor();
  expect(told).toEqual([]);
  status = 'io-error';
  event('BLOCK_IO_ERROR', { action: 'report', operation: 'read', reason: 'not this one' });
  event('BLOCK_IO_ERROR', { action: 'stop', operation: 'write', nospace: true });
  event('STOP');
  await expect
    .poll(() => told.map((one) => one?.why))
    .toEqual(['a disk of it could not be written: no space is left on the host']);
  machine.release();
});
