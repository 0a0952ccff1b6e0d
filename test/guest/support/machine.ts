import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, constants, mkdtemp, open, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { tied } from '../../../localcloud/machines/tied.ts';
import { chosenAccelerator } from '../../accelerator.ts';
import { ownAddress, ownPort } from '../../own-address.ts';

/** How a test machine is started. */
export interface MachineOptions {
  /** Raw disk file; written to. */
  readonly disk: string;
  readonly firmware?: 'bios' | 'uefi';
  /** Boots this instead of the disk. */
  readonly kernel?: { readonly image: string; readonly initrd: string; readonly arguments: string };
  readonly memory?: number;
  /** Further arguments of QEMU. */
  readonly more?: readonly string[];
}

/** A QEMU machine of one test: its console, its SSH, its power. For tests of what runs inside, not of the cloud. */
export class TestMachine {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #serial: Socket;
  /** Where its ports are reached. */
  readonly address = ownAddress;
  readonly ports: { readonly ssh: number; readonly http: number };
  /** Everything that the console has said so far. */
  output = '';
  #listeners: (() => void)[] = [];

  private constructor(
    process: ChildProcess,
    folder: string,
    serial: Socket,
    ports: { ssh: number; http: number },
  ) {
    this.#process = process;
    this.#folder = folder;
    this.#serial = serial;
    this.ports = ports;
    // Cutting power resets the connection: no failure, the console just ends.
    serial.on('error', () => undefined);
    serial.on('data', (bytes: Buffer) => {
      this.output += bytes.toString('latin1');
      for (const wake of this.#listeners.splice(0)) wake();
    });
  }

  static async start(options: MachineOptions): Promise<TestMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'bootfleet-vm-'));
    const ports = { ssh: await ownPort(), http: await ownPort() };
    const serialSocket = join(folder, 'serial');
    const arguments_ = [
      ...['-accel', await chosenAccelerator(options.firmware)],
      ...['-machine', 'pc,graphics=off', '-m', String(options.memory ?? 256), '-nodefaults', '-display', 'none'],
      ...['-chardev', `socket,id=s0,path=${serialSocket},server=on,wait=on`, '-serial', 'chardev:s0'],
      ...['-drive', `file=${options.disk},if=none,id=d0,format=raw,discard=unmap,detect-zeroes=unmap`],
      ...['-device', 'virtio-blk-pci,drive=d0,bootindex=1', '-device', 'virtio-net-pci,netdev=n0,romfile='],
      '-netdev',
      'user,id=n0,net=169.254.42.0/24,host=169.254.42.2,dns=169.254.42.3,dhcpstart=169.254.42.15,' +
        `hostfwd=tcp:${ownAddress}:${ports.ssh}-:22,hostfwd=tcp:${ownAddress}:${ports.http}-:80`,
      ...['-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`],
      ...(options.more ?? []),
    ]; // prettier-ignore
    if (options.firmware === 'uefi') {
      const variables = join(folder, 'vars.fd');
      await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
      arguments_.push('-drive', 'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd');
      arguments_.push('-drive', `if=pflash,format=raw,file=${variables}`);
    }
    if (options.kernel)
      arguments_.push(
        '-kernel',
        options.kernel.image,
        '-initrd',
        options.kernel.initrd,
        '-append',
        options.kernel.arguments,
      );
    const { program, argv } = tied('qemu-system-x86_64', arguments_);
    const child = spawn(program, argv, { stdio: 'ignore' });
    const serial = await connectWhenListening(serialSocket, child);
    return new TestMachine(child, folder, serial, ports);
  }

  /** Waits for the pattern in what the console says from `from` on; returns the match and where it ended. */
  async expect(
    pattern: RegExp,
    { from = 0, seconds = 60 } = {},
  ): Promise<{ match: RegExpExecArray; end: number }> {
    const signal = AbortSignal.timeout(seconds * 1000);
    for (;;) {
      const match = pattern.exec(this.output.slice(from));
      if (match) return { match, end: from + match.index + match[0].length };
      if (signal.aborted)
        throw new Error(
          `no ${String(pattern)} within ${seconds} s; the console says:\n${this.output.slice(-3000)}`,
        );
      await new Promise<void>((resolve) => {
        this.#listeners.push(resolve);
        signal.addEventListener('abort', () => { resolve(); }, { once: true }); // prettier-ignore
      });
    }
  }

  /** Types, a character at a time, each after the echo of the one before. */
  async type(text: string): Promise<void> {
    for (const character of text) {
      const from = this.output.length;
      this.#serial.write(character === '\n' ? '\r' : character);
      if (character !== '\n')
        await this.expect(new RegExp(character.replace(/[^\w ]/, '\\$&')), { from, seconds: 10 });
    }
  }

  /** Runs a command over SSH as root; `input` becomes its standard input. */
  async ssh(
    key: string | Buffer,
    command: string,
    input?: Buffer,
  ): Promise<{ stdout: string; stderr: string; code: number }> {
    const client = new ssh2.Client();
    // A command that reboots the guest resets the connection, at any moment and after its end too: the end of
    // the command's channel, or `ready` that never comes, is what tells.
    client.on('error', () => undefined);
    try {
      const ready = once(client, 'ready');
      client.connect({
        host: this.address,
        port: this.ports.ssh,
        username: 'root',
        privateKey: key,
        readyTimeout: 30_000,
      });
      await ready;
      return await new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => {
          if (error) { reject(error); return; } // prettier-ignore
          let stdout = '';
          let stderr = '';
          channel.on('data', (bytes: Buffer) => { stdout += bytes.toString(); }); // prettier-ignore
          channel.stderr.on('data', (bytes: Buffer) => { stderr += bytes.toString(); }); // prettier-ignore
          channel.on('close', (code: number | null) => { resolve({ stdout, stderr, code: code ?? -1 }); }); // prettier-ignore
          channel.end(input);
        });
      });
    } finally {
      client.end();
    }
  }

  /** The reset button. */
  async reset(): Promise<void> {
    await this.#monitor('system_reset');
  }

  /** The power button. */
  async pressPowerButton(): Promise<void> {
    await this.#monitor('system_powerdown');
  }

  /** One command over QMP (QEMU, docs/interop/qmp-spec.rst). */
  async #monitor(command: string): Promise<void> {
    const socket = connect(join(this.#folder, 'qmp'));
    try {
      let answers = '';
      const answered = new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('data', (bytes: Buffer) => {
          answers += bytes.toString();
          if (answers.split('"return"').length > 2) resolve();
        });
      });
      socket.write('{"execute":"qmp_capabilities"}\n');
      socket.write(`{"execute":"${command}"}\n`);
      await answered;
    } finally {
      socket.destroy();
    }
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves when the machine has switched itself off. */
  async off(seconds = 30): Promise<void> {
    if (this.isRunning) await once(this.#process, 'exit', { signal: AbortSignal.timeout(seconds * 1000) });
  }

  /** Cuts power. */
  async stop(): Promise<void> {
    if (this.isRunning) {
      const gone = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await gone;
    }
    this.#serial.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** An empty disk: a file of zeros that takes no space. */
export async function emptyDisk(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'w');
  await file.truncate(bytes);
  await file.close();
  return path;
}

/** A disk for one test. */
export async function copyOfDisk(from: string, to: string): Promise<string> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  return to;
}

async function connectWhenListening(path: string, child: ChildProcess): Promise<Socket> {
  const signal = AbortSignal.timeout(20_000);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`QEMU ended with ${child.exitCode}`);
    const socket = connect(path);
    try {
      await once(socket, 'connect', { signal });
      return socket;
    } catch (thrown) {
      socket.destroy();
      if (signal.aborted) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
