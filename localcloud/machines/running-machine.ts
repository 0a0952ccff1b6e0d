import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { powerNotCut } from '../../errors/localcloud.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import type { SerialHub } from '../serial/serial-hub.ts';
import type { MachineExit } from './machine-driver.ts';
import type { MachineFiles } from './machine-files.ts';
import { lives, signalProcess, type ProcessIdentity } from './process-identity.ts';
import { processorStop, type ProcessorStop } from './processor-stop.ts';
import { connected, type QmpClient } from './qmp/client.ts';
import { lastWords } from './startup-failure.ts';
import { metadataPortOf, openMetadataPorts } from './usernet.ts';

/** Seconds that a killed process may take to be gone. */
const endSeconds = 20;

/** Seconds for all but one of several metadata connections to end, before the strict rule is applied. */
const ambiguitySeconds = 1;

/** What a running machine consists of; `child` is missing for one that an earlier daemon started. */
export interface RunningParts {
  readonly id: string;
  readonly files: MachineFiles;
  readonly identity: ProcessIdentity;
  readonly monitor: QmpClient;
  readonly serial: SerialHub;
  readonly child?: ChildProcess;
}

/** One QEMU process with its monitor, whether started by this daemon or adopted. */
export class RunningMachine {
  readonly id: string;
  readonly identity: ProcessIdentity;
  readonly #parts: RunningParts;
  #cut = false;
  #released = false;
  #guestShutdown = false;
  /** Held by us, for a moment. */
  #held = false;
  #stopped: ProcessorStop | undefined;
  #diskError: Readonly<Record<string, unknown>> | undefined;
  /** Looks at the processor one after the other: the last word is the newest. */
  #look: Promise<void> = Promise.resolve();
  readonly #processorListeners = new Set<(stopped: ProcessorStop | undefined) => void>();
  /** Resolves once no process is left. Never rejects. */
  readonly ended: Promise<MachineExit>;

  constructor(parts: RunningParts) {
    this.id = parts.id;
    this.identity = parts.identity;
    this.#parts = parts;
    parts.monitor.onEvent((name, data) => {
      if (name === 'SHUTDOWN' && data['guest'] === true) this.#guestShutdown = true;
      // Comes before the STOP that it causes.
      if (name === 'BLOCK_IO_ERROR' && data['action'] === 'stop') this.#diskError = data;
      if (name === 'STOP' || name === 'RESUME') void this.lookAtProcessor();
    });
    this.ended = this.#watch();
  }

  /**
   * Connects the serial line and waits until QEMU has taken the connection. The machine must be paused meanwhile, so
   * that no byte passes by or is counted twice.
   */
  async connectSerial(deadline: Deadline): Promise<void> {
    const { serial, monitor, files } = this.#parts;
    serial.connect(await connected(files.serialSocket, deadline));
    // QEMU accepts in its main loop and sends no event for a character device, so it is asked.
    await poll({
      probe: async () => (serialTaken(await monitor.execute('query-chardev')) ? true : undefined),
      deadline,
      every: 0.01,
      onTimeout: () => new Error('QEMU did not take the connection to its serial line'),
    });
    serial.reload();
  }

  /** Stops the processor; the guest notices nothing but the time. */
  async pause(): Promise<void> {
    this.#held = true;
    await this.#parts.monitor.execute('stop');
  }

  async resume(): Promise<void> {
    await this.#parts.monitor.execute('cont');
    this.#held = false;
    // It may have stopped by itself while it still counted as held.
    void this.lookAtProcessor();
  }

  /** Why its processor stands still although we did not stop it; `undefined` while it runs. */
  get stopped(): ProcessorStop | undefined {
    return this.#stopped;
  }

  /** Called when its processor stops by itself, or goes on after that; at once when it stands already. */
  onProcessor(listener: (stopped: ProcessorStop | undefined) => void): void {
    this.#processorListeners.add(listener);
    if (this.#stopped !== undefined) listener(this.#stopped);
  }

  /** Asks QEMU what the processor does, and tells the listeners when that is news. Never rejects. */
  lookAtProcessor(): Promise<void> {
    this.#look = this.#look.then(async () => {
      if (this.#held) return;
      const { monitor, files } = this.#parts;
      let status: unknown;
      try {
        ({ status } = (await monitor.execute('query-status')) as { status?: unknown });
      } catch {
        // The process ends: `ended` tells.
        return;
      }
      // `shutdown`: on its way to its end, which `ended` tells. Before its first instruction it is ours.
      if (typeof status !== 'string' || status === 'shutdown' || status === 'prelaunch') return;
      const log = await readFile(files.errorLog, 'utf8').catch(() => '');
      const now = processorStop({ status, diskError: this.#diskError, log });
      if (now?.why === this.#stopped?.why) return;
      this.#stopped = now;
      for (const listener of this.#processorListeners) listener(now);
    });
    return this.#look;
  }

  /** What it is, asked of QEMU, because an adopted machine's specification is not known. */
  async kind(): Promise<{ readonly kvm: boolean; readonly firmware: 'bios' | 'uefi' }> {
    const { monitor } = this.#parts;
    const { enabled } = (await monitor.execute('query-kvm')) as { enabled?: unknown };
    const type = await monitor.execute('qom-get', { path: '/machine', property: 'type' });
    // qemuArguments gives a q35 to UEFI and only to it.
    return { kvm: enabled === true, firmware: String(type).includes('q35') ? 'uefi' : 'bios' };
  }

  async pressPowerButton(): Promise<void> {
    await this.#parts.monitor.execute('system_powerdown');
  }

  async reset(): Promise<void> {
    await this.#parts.monitor.execute('system_reset');
  }

  /** See `MachineDriver`. A connection that is just ending may be listed a little longer, so several are looked at again. */
  async metadataSourcePort(): Promise<number | undefined> {
    const deadline = Deadline.after(ambiguitySeconds);
    const open = await poll({
      probe: async () => {
        const ports = openMetadataPorts(await this.#parts.monitor.human('info usernet'));
        return ports.length <= 1 || deadline.passed ? ports : undefined;
      },
      deadline,
      every: 0.05,
      onTimeout: () => new Error('the probe answers before'),
    });
    return metadataPortOf(open);
  }

  /** Kills the process: nothing is flushed, as when the plug is pulled. Resolves when it is gone; BF1839 otherwise. */
  async cutPower(): Promise<void> {
    this.#cut = true;
    await signalProcess(this.identity, 'SIGKILL');
    const deadline = Deadline.after(endSeconds);
    const late = Symbol('late');
    const outcome = await Promise.race([
      this.ended,
      new Promise<typeof late>((resolve) => {
        deadline.signal.addEventListener('abort', () => {
          resolve(late);
        });
      }),
    ]);
    if (outcome === late)
      throw powerNotCut({ machine: this.id, pid: this.identity.pid, seconds: endSeconds });
  }

  /** Lets go of the process without ending it: the daemon stops, the machine runs on. `ended` never resolves then. */
  release(): void {
    this.#released = true;
    this.#parts.child?.unref();
    this.#parts.monitor.close();
    this.#parts.serial.disconnect();
  }

  async #watch(): Promise<MachineExit> {
    const { child, monitor, serial, files } = this.#parts;
    const status = child ? childEnd(child) : Promise.resolve({ code: undefined, signal: undefined });
    await Promise.race([monitor.closed, ...(child ? [status] : [])]);
    if (this.#released) return new Promise(() => undefined);
    await this.#gone();
    const { code, signal } = await status;
    monitor.close();
    // What the machine said last is still in the socket's buffer.
    await serial.drained();
    const reason = this.#cut ? 'cut' : this.#guestShutdown ? 'guest' : 'crash';
    const log = lastWords(await readFile(files.errorLog, 'utf8').catch(() => ''));
    return { reason, code, signal, log };
  }

  /**
   * The monitor's connection ends a moment before the process does; a process that is not our child sends nothing when
   * it is gone. One that lives on without a monitor can no longer be steered and is killed.
   */
  async #gone(): Promise<void> {
    for (let seconds = 2; !(await this.#isGoneWithin(seconds)); seconds = endSeconds) {
      await signalProcess(this.identity, 'SIGKILL');
    }
  }

  async #isGoneWithin(seconds: number): Promise<boolean> {
    const deadline = Deadline.after(seconds);
    return poll({
      probe: async () => {
        const living = await lives(this.identity);
        return living && !deadline.passed ? undefined : !living;
      },
      deadline,
      every: 0.01,
      onTimeout: () => new Error('the probe answers before'),
    });
  }
}

/** Reads `query-chardev`: the serial line's `filename` begins with `disconnected:` until a connection is accepted. */
export function serialTaken(answer: unknown): boolean {
  if (!Array.isArray(answer)) return false;
  return answer.some((device: unknown) => {
    if (typeof device !== 'object' || device === null) return false;
    const { label, filename } = device as { label?: unknown; filename?: unknown };
    return label === 'serial0' && typeof filename === 'string' && !filename.startsWith('disconnected:');
  });
}

async function childEnd(
  child: ChildProcess,
): Promise<{ code: number | undefined; signal: string | undefined }> {
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise<void>((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
  }
  return { code: child.exitCode ?? undefined, signal: child.signalCode ?? undefined };
}
