import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsoleTransport } from '../../../console/transport.ts';
import { tied } from '../../../localcloud/machines/tied.ts';
import { openUnixSocket } from '../../../console/transports/unix-socket.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { chosenAccelerator } from '../../accelerator.ts';

/** A QEMU machine that boots the network card's iPXE, its serial line on a Unix socket. */
export interface IpxeMachine {
  readonly transport: ConsoleTransport;
  readonly startedAt: number;
  stop(): Promise<void>;
}

/**
 * Starts one. The processor is held until the console is attached, so that no byte of the boot is missed.
 *
 * @param network QEMU's user network options, such as `restrict=on`; `none` takes the link away.
 * @param disk a raw image to boot instead of the network card; it is not written to.
 */
export async function startIpxeMachine(network = '', disk?: string): Promise<IpxeMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-ipxe-'));
  const path = join(folder, 'serial');
  const { program, argv } = tied('qemu-system-x86_64', [
    ...['-machine', 'pc,graphics=off', '-nodefaults', '-display', 'none'],
    ...['-accel', await chosenAccelerator()],
    ...['-m', disk === undefined ? '128' : '512'],
    ...[
      '-netdev',
      network === 'none' ? 'hubport,id=n0,hubid=0' : `user,id=n0${network === '' ? '' : `,${network}`}`,
    ],
    ...['-device', `virtio-net-pci,netdev=n0,bootindex=${disk === undefined ? 1 : 2}`],
    ...(disk === undefined ? [] : ['-drive', `file=${disk},if=none,id=d0,format=raw,snapshot=on`]),
    ...(disk === undefined ? [] : ['-device', 'virtio-blk-pci,drive=d0,bootindex=1']),
    // Without wait=off, QEMU starts when somebody has connected.
    ...['-chardev', `socket,id=s0,path=${path},server=on`, '-serial', 'chardev:s0'],
  ]);
  const child = spawn(program, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (bytes: Buffer) => {
    words += bytes.toString();
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const transport = await poll({
      probe: async () => {
        if (child.exitCode !== null) throw new Error(`QEMU ended: ${words}`);
        return await openUnixSocket({ path, deadline: Deadline.after(5) }).catch(() => undefined);
      },
      deadline: Deadline.after(20),
      every: 0.02,
      onTimeout: () => new Error(`QEMU serves no console: ${words}`),
    });
    return { transport, startedAt: performance.now(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
