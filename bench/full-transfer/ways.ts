import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { SendMode } from '../../transfer/delta/choose-mode.ts';
import { sendImage } from '../../transfer/delta/send-image.ts';
import type { SlotImage } from '../../transfer/delta/send-options.ts';
import { Deadline } from '../../waiting/deadline.ts';
import type { QemuMachine } from '../../test/components/rollout/vm/qemu-machine.ts';

/** A machine that runs from slot d, and the image that is written to its slot e again and again. */
export interface TransferLab {
  readonly machine: QemuMachine;
  readonly image: SlotImage;
}

/** One way to write the inactive slot. */
export interface Way {
  readonly name: string;
  /** What upgrade.sh is: the real one, or one that only writes the slot, as `cat > slot` does. */
  readonly behind: 'upgrade.sh' | 'cat';
  /** Resolves when the image is there, with what is left to be put away; the time of that does not count. */
  readonly run: (lab: TransferLab) => Promise<() => Promise<void>>;
}

/** OpenSSH's own client with the file as its input. */
export function plain(command: string, behind: Way['behind']): Way {
  const run = async ({ machine, image }: TransferLab): Promise<() => Promise<void>> => {
    const file = await open(image.file);
    try {
      const options = [
        'StrictHostKeyChecking=accept-new',
        `UserKnownHostsFile=${machine.folder}/known_hosts`,
      ];
      const words = [
        ...['-i', machine.keyFile, '-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR'],
        ...options.flatMap((option) => ['-o', option]),
        ...[`root@${machine.address}`, command],
      ];
      const child = spawn('ssh', words, { stdio: [file.fd, 'ignore', 'inherit'] });
      const [status] = (await once(child, 'exit')) as [number | null];
      if (status !== 0) throw new Error(`ssh ${command} ended with status ${status ?? 'none'}`);
      return () => Promise.resolve();
    } finally {
      await file.close();
    }
  };
  return { name: `ssh host '${command}'`, behind, run };
}

/**
 * bootfleet's transfer over a connection of its own. Behind `cat` it ends when the target has confirmed the digest of
 * everything, which is before the last block of 4 KiB; behind upgrade.sh when that has ended and the slot was read back.
 */
export function ours(mode: SendMode, behind: Way['behind']): Way {
  const run = async ({ machine, image }: TransferLab): Promise<() => Promise<void>> => {
    const session = await machine.connect(600);
    try {
      const sent = await sendImage({
        target: { machine: machine.name, session },
        slot: 'e',
        mode,
        image,
        unpacks: true,
        deadline: Deadline.after(1200),
        lock: { id: 'bench', owner: 'bench', host: 'bench' },
      });
      if (behind === 'upgrade.sh') await sent.release();
      return async () => {
        if (behind === 'cat') await sent.abandon();
        await session.close();
      };
    } catch (error) {
      await session.close();
      throw error;
    }
  };
  return { name: `bootfleet, ${mode}`, behind, run };
}

const sink = '/tmp/bench-upgrade.sh';

/**
 * Puts the machine back to where every way begins: the build of slot d in slot e too, boot.conf at d, no records, and
 * upgrade.sh the real one or one that only writes.
 */
export async function prepare({ machine }: TransferLab, behind: Way['behind']): Promise<void> {
  await machine.shell(
    `umount /resflash/upgrade.sh 2>/dev/null
printf '#!/bin/sh\\nexec cat > /dev/rsd0e\\n' > ${sink}; chmod 755 ${sink}
mount /cfg && rm -rf /cfg/bootfleet && umount /cfg
mount /mbr && sed -i 's/hd0[a-p]/hd0d/' /mbr/etc/boot.conf && umount /mbr
cat /dev/rsd0d > /dev/rsd0e; sync
${behind === 'cat' ? `mount --bind ${sink} /resflash/upgrade.sh` : ''}`,
    600,
  );
}

/** Where the machine's own processor time can be read; it depends far less on what else this computer does. */
export function pidFileOf(machine: QemuMachine): string {
  return path.join(machine.folder, 'm', machine.target().server, 'pid');
}
