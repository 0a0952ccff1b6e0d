import type { BootSource, Cloud, MachineView, PowerState } from '../../../clouds/cloud.ts';
import { BootfleetError } from '../../../errors/error.ts';
import { consoleTicketRefused } from '../../../errors/console.ts';
import { sshUnreachable } from '../../../errors/machine.ts';
import type { ConsoleTransport } from '../../../console/transport.ts';
import type { ConnectOptions } from '../../../remote/connect.ts';
import type { RemoteSession } from '../../../remote/session.ts';

export const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7ZQ0Jx7P0hTuEeV2n1Jb0tq3mHhZlJw3s8m1m0aQxY';
export const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** What is wrong with a machine. */
export interface Trouble {
  readonly ticketRefused?: boolean;
  /** The banner never comes; `once`: only at the first power-on. */
  readonly noIpxe?: 'always' | 'once';
  readonly dhcpFails?: boolean;
  readonly scriptMissing?: boolean;
  /** The writer's last line instead of `done`. */
  readonly writerSays?: string;
  readonly writes?: string;
  readonly panics?: boolean;
  /** What it shows when it boots from its disk, before anything else. */
  readonly shows?: string;
  readonly neverUp?: boolean;
  readonly saysNoKey?: boolean;
  readonly shownKey?: string;
  readonly reports?: string;
}

/**
 * A machine and its cloud in memory, for the handler's own tests: a line editor that echoes where iPXE would, the
 * lines of the writer and of the guest as docs/architecture.md has them, and a login that answers. It imitates no
 * timing; real machines are in the tests named `*.vm.test.ts`.
 */
export class FakeMachine implements Cloud {
  readonly ref = { kind: 'scaleway', zone: 'fr-par-1' } as const;
  power: PowerState = 'off';
  bootSource: BootSource = 'disk';
  note: string | undefined;
  disk: string | undefined;
  trouble: Trouble = {};
  /** Everything that was done to it, in order. */
  readonly log: string[] = [];
  stateDetail = '';
  #line = '';
  #powerOns = 0;
  #scrollback = '';
  #viewer: ((bytes: Uint8Array) => void) | undefined;
  #inIpxe = false;

  observe(): Promise<MachineView | undefined> {
    const { power, bootSource, stateDetail } = this;
    const address = { host: '127.66.0.2', portOffset: 20000 };
    return Promise.resolve({ id: 'abc', name: 'edge-1', power, bootSource, stateDetail, address, tags: [] });
  }

  async list(): Promise<readonly MachineView[]> {
    const view = await this.observe();
    return view ? [view] : [];
  }

  setBootSource(_id: string, source: BootSource): Promise<void> {
    this.log.push(`boot source ${source}`);
    this.bootSource = source;
    return Promise.resolve();
  }

  powerOn(): Promise<void> {
    this.log.push('power on');
    this.power = 'running';
    this.#powerOns += 1;
    // Later than the answer, as on a real machine.
    setTimeout(() => {
      this.#boot();
    }, 5);
    return Promise.resolve();
  }

  powerOff(): Promise<void> {
    if (this.power !== 'off') this.log.push('power off');
    this.power = 'off';
    this.stateDetail = '';
    return Promise.resolve();
  }

  async hardReboot(): Promise<void> {
    await this.powerOff();
    await this.powerOn();
  }

  readNote(): Promise<string | undefined> {
    return Promise.resolve(this.note);
  }

  writeNote(_id: string, _key: string, value: string): Promise<void> {
    this.log.push(`note ${(JSON.parse(value) as { phase: string }).phase}`);
    this.note = value;
    return Promise.resolve();
  }

  openConsole(): Promise<ConsoleTransport> {
    if (this.trouble.ticketRefused)
      return Promise.reject(consoleTicketRefused({ line: 'x', reason: 'denied' }));
    const { promise: closed, resolve } = Promise.withResolvers<Error | undefined>();
    return Promise.resolve({
      description: 'a console in memory',
      closed,
      onData: (listener: (bytes: Uint8Array) => void) => {
        listener(Buffer.from(this.#scrollback));
        this.#viewer = listener;
      },
      write: (bytes: Uint8Array) => {
        this.#typed(Buffer.from(bytes).toString());
        return Promise.resolve();
      },
      close: () => {
        this.#viewer = undefined;
        resolve(undefined);
        return Promise.resolve();
      },
    });
  }

  /** Stands for `connectRemote`. */
  readonly connect = async ({
    target,
    hostKey: pinned,
    deadline,
  }: ConnectOptions): Promise<RemoteSession> => {
    while (this.stateDetail === '' && !deadline.passed)
      await new Promise((resolve) => setTimeout(resolve, 2));
    if (this.stateDetail === '') {
      throw sshUnreachable({
        machine: target.machine,
        address: target.host,
        seconds: 1,
        last: 'ECONNREFUSED',
      });
    }
    const stdout = `/dev/sd0d on / type ext2 (ro)\n--\nversion: 1\nbuild date: ${this.disk ?? ''}\n--\nset device hd0d\n`;
    const result = { status: 0, stdout, stderr: '', truncated: false, stdinComplete: true };
    return {
      hostKey,
      hostKeySource: pinned === undefined ? 'first-contact' : 'pinned',
      run: () => Promise.resolve(result),
      start: () => Promise.reject(new Error('not used here')),
      closed: Promise.resolve(undefined),
      close: () => Promise.resolve(),
    };
  };

  /** What earlier boots showed, for a viewer that comes late. */
  remember(text: string): void {
    this.#scrollback += text;
  }

  #show(text: string): void {
    this.#scrollback += text;
    this.#viewer?.(Buffer.from(text));
  }

  #boot(): void {
    if (this.power !== 'running') return;
    if (this.bootSource === 'network') {
      const { noIpxe } = this.trouble;
      if (noIpxe === 'always' || (noIpxe === 'once' && this.#powerOns === 1)) {
        this.#show('\r\nNo bootable device.\r\n');
      } else {
        this.#show('\r\niPXE 1.21\r\nPress Ctrl-B for the iPXE command line...');
      }
      return;
    }
    if (this.disk !== undefined && this.trouble.shows !== undefined) this.#show(this.trouble.shows);
    if (this.disk === undefined || this.trouble.neverUp) return;
    if (this.trouble.panics) {
      this.#show('[    1.234567] Kernel panic - not syncing: VFS\r\n');
      return;
    }
    if (!this.trouble.saysNoKey)
      this.#show(`bootfleet-guest: ssh-host-key ${this.trouble.shownKey ?? hostKey}\r\n`);
    this.#show(`bootfleet-guest: booted build=${this.disk} slot=d\r\n`);
    this.stateDetail = this.trouble.reports ?? 'booted';
  }

  #typed(text: string): void {
    for (const key of text) {
      if (key === '\u0002') {
        this.#inIpxe = true;
        this.#show('\r\niPXE> ');
      } else if (!this.#inIpxe) continue;
      else if (key === '\r') this.#entered();
      else if (key === '\u0015') {
        const { length } = this.#line;
        this.#line = '';
        this.#show('\b'.repeat(length) + ' '.repeat(length) + '\b'.repeat(length));
      } else if (key === '\u007f' || key === '\b') {
        this.#line = this.#line.slice(0, -1);
        this.#show('\b \b');
      } else if (key >= ' ') {
        this.#line += key;
        this.#show(key);
      }
    }
  }

  #entered(): void {
    const line = this.#line.trim();
    this.#line = '';
    this.#show('\r\n');
    if (line.startsWith('chain ')) this.log.push(line);
    if (line === 'dhcp' && this.trouble.dhcpFails) {
      this.#show(
        'Configuring (net0 52:54:00:12:34:56)...... No configuration methods succeeded (https://ipxe.org/040ee119)\r\n',
      );
    } else if (line.startsWith('chain ') && this.trouble.scriptMissing) {
      this.#show(`${line.slice(6)}... Not found (https://ipxe.org/2d0c613b)\r\n`);
    } else if (line.startsWith('chain ')) {
      this.#inIpxe = false;
      this.#show(`${line.slice(6)}... ok\r\n`);
      setTimeout(() => {
        this.#write();
      }, 2);
      return;
    } else if (line === 'dhcp') this.#show('Configuring (net0 52:54:00:12:34:56)...... ok\r\n');
    this.#show('iPXE> ');
  }

  #write(): void {
    const say = (text: string): void => {
      this.#show(`bootfleet-writer: ${text}\r\n`);
    };
    const written = this.trouble.writes ?? sha256;
    say(`start disk=/dev/vda disk-bytes=25000000000 image-bytes=1000000 sha256=${written}`);
    say('progress phase=write done=500000 total=1000000');
    if (this.trouble.writerSays !== undefined) {
      say(this.trouble.writerSays);
      return;
    }
    this.log.push('disk written');
    this.disk = '20261121_0900';
    say(`done sha256=${written} bytes=1000000 written=500000 seconds=4.2`);
  }
}

/** The code of the error that a promise ends with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    if (error instanceof BootfleetError) return error.code;
    throw error;
  }
}
