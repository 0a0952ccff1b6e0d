import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SlotImage } from '../../../transfer/delta/send-options.ts';
import type { Target } from '../../../transfer/target/agent.ts';
import type { TargetProcess } from '../../../transfer/target/target-session.ts';

/**
 * A stand-in for a machine in a folder: slots are files, `mount` and `reboot` are small scripts, and upgrade.sh has
 * resflash's hazards (facts in docs/rollout.md): it compares nothing, takes an early end for the whole, and activates.
 * The agent runs here with this folder before its paths. It shows what the agent does, not what a machine does.
 */
export class StandInMachine {
  readonly folder: string;
  readonly running: TargetProcess[] = [];

  static async create(slotBytes = 1024 * 1024): Promise<StandInMachine> {
    const machine = new StandInMachine(await mkdtemp(path.join(os.tmpdir(), 'bootfleet-machine-')));
    for (const name of [
      'dev',
      'mbr/etc',
      'efi/efi/boot',
      'cfg',
      'resflash',
      'bin',
      'var/run',
      'tmp',
      'etc',
      'proc/sys/kernel/random',
    ]) {
      await mkdir(machine.path(name), { recursive: true });
    }
    await machine.write('dev/rsd0d', randomBytes(slotBytes));
    await machine.write('dev/rsd0e', randomBytes(slotBytes));
    await machine.write('dev/rsd0c', bootRecord());
    await machine.write('dev/rsd0a', randomBytes(64 * 1024));
    await machine.write('mbr/boot', 'second stage of build 1');
    await machine.write('efi/efi/boot/BOOTX64.EFI', 'loader of build 1');
    await machine.write('resflash/BUILD', 'version: 1\nbuild command: x\n');
    await machine.write('mbr/etc/boot.conf', 'stty com0 115200\nset tty com0\nset device hd0d\n');
    await machine.boot(100);
    await machine.program(
      'bin/mount',
      `echo "/dev/sd0$(cat ${machine.path('tmp/slot')}) on / type ext2 (ro,noatime)"`,
    );
    await machine.program('bin/reboot', `echo rebooted >> ${machine.path('tmp/rebooted')}`);
    await machine.upgradeScript();
    return machine;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await writeFile(this.path(name), content);
  }

  read(name: string): Promise<Buffer> {
    return readFile(this.path(name));
  }

  async program(name: string, body: string): Promise<void> {
    await this.write(name, `#!/bin/sh\n${body}\n`);
    await chmod(this.path(name), 0o755);
  }

  /** Sets what a boot sets: time since boot, boot id, running slot. */
  async boot(uptime: number, slot = 'd'): Promise<void> {
    await this.write('proc/uptime', `${uptime}.00 1.00\n`);
    await this.write('proc/sys/kernel/random/boot_id', `${randomBytes(8).toString('hex')}\n`);
    await this.write('tmp/slot', slot);
  }

  /** upgrade.sh, with a hook before its activation and another instead of its last words. */
  async upgradeScript({
    before = '',
    words = 'echo "Upgrade complete! (1s)"',
    digest = 'sha256sum',
  } = {}): Promise<void> {
    await this.program(
      'resflash/upgrade.sh',
      `
slot=$(cat ${this.path('tmp/slot')}); if [ "$slot" = d ]; then other=e; else other=d; fi
echo 'Writing filesystem to inactive partition'
tee ${this.path('tmp/pipe')} < /dev/stdin | dd of=${this.path('dev/rsd0')}$other bs=8k conv=notrunc 2>/dev/null
${digest} ${this.path('tmp/pipe')} | cut -d' ' -f1
echo 'Writing filesystem complete (1s)'
${before}
echo edited by upgrade.sh | dd of=${this.path('dev/rsd0')}$other bs=1 seek=8192 conv=notrunc 2>/dev/null
echo 'Everything looks good, setting the new partition active'
sed -i "s/hd0[a-p]/hd0$other/" ${this.path('mbr/etc/boot.conf')}
echo activated >> ${this.path('tmp/activated')}
${words}`,
    );
  }

  /** What boots a slot and is in none, as the machine's disk has it. */
  async loaders(): Promise<string> {
    const parts = await Promise.all(
      ['dev/rsd0c', 'dev/rsd0a', 'mbr/boot', 'efi/efi/boot/BOOTX64.EFI'].map((name) => this.read(name)),
    );
    const names = await readdir(this.path('efi/efi/boot'));
    return createHash('sha256').update(Buffer.concat(parts)).update(names.toSorted().join()).digest('hex');
  }

  /** How often upgrade.sh came to its activation. */
  async activations(): Promise<number> {
    return existsSync(this.path('tmp/activated'))
      ? (await this.read('tmp/activated')).toString().split('\n').length - 1
      : 0;
  }

  async bootConf(): Promise<string> {
    return /hd0([a-p])/.exec((await this.read('mbr/etc/boot.conf')).toString())?.[1] ?? '';
  }

  async record(slot: string): Promise<Record<string, string>> {
    const text = (await this.read(`cfg/bootfleet/slot.${slot}`).catch(() => '')).toString();
    return Object.fromEntries(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('=') as [string, string]),
    );
  }

  async image(build: string, content: Buffer): Promise<SlotImage> {
    await this.write(`${build}.fs`, content);
    const digest = (name: string): string => createHash(name).update(content).digest('hex');
    return {
      file: this.path(`${build}.fs`),
      bytes: content.length,
      sha256: digest('sha256'),
      sha512: digest('sha512'),
      build,
    };
  }

  /** The machine as the transfer sees it. Streams may be changed by `alter`, which stands for a bad connection. */
  target(
    alter: (process: TargetProcess, argv: readonly string[]) => TargetProcess = (process) => process,
  ): Target {
    return {
      machine: 'stand-in',
      root: this.folder,
      session: {
        start: (argv) => {
          const [program = '', ...rest] = argv;
          const env = { ...process.env, PATH: `${this.path('bin')}:${process.env['PATH'] ?? ''}` };
          const child = spawn(program, rest, { env, stdio: 'pipe' });
          const exited = new Promise<{ status?: number; signal?: string }>((resolve) =>
            child.on('close', (status, signal) => {
              resolve({ ...(status !== null && { status }), ...(signal && { signal }) });
            }),
          );
          const running = {
            stdin: child.stdin,
            stdout: child.stdout,
            stderr: child.stderr,
            exited,
            kill: () => void child.kill(),
            pid: child.pid,
          };
          this.running.push(running);
          return Promise.resolve(alter(running, argv));
        },
      },
    };
  }

  async remove(): Promise<void> {
    for (const running of this.running) running.kill();
    await Promise.all(this.running.map(({ exited }) => exited));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A disk's first sectors: a boot record whose fourth entry is an OpenBSD partition at sector 8. */
function bootRecord(): Buffer {
  const disk = Buffer.alloc(16 * 512, 1);
  disk.fill(0, 446, 510);
  disk[446 + 48 + 4] = 0xa6;
  disk.writeUInt32LE(8, 446 + 48 + 8);
  disk.writeUInt16BE(0x55aa, 510);
  return disk;
}
