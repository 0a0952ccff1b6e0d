import type { MachineDriver, MachineExit, MachineSpec, SerialViewer } from '../machines/machine-driver.ts';
import type { ProcessorStop } from '../machines/processor-stop.ts';
import type { ScriptedGuests } from './scripted-guest.ts';

type ProcessorListener = (id: string, stopped: ProcessorStop | undefined) => void;
type ExitListener = (id: string, how: MachineExit) => void;

/**
 * Machines that are not there: no process, no disk access. Only for measuring the API and Pulumi with many servers and
 * for tests of the API. Without `guests` nothing boots and the consoles are silent; with them, consoles and SSH ports
 * play a boot. The real machines are QEMU's (localcloud/machines).
 */
export class SimulatedMachineDriver implements MachineDriver {
  readonly accelerator = 'simulated';
  readonly acceleratorReason = 'nothing boots: simulated machines for tests of scale';
  readonly #running = new Map<string, MachineSpec>();
  readonly #listeners = new Set<ExitListener>();
  readonly #stops = new Map<string, ProcessorStop>();
  readonly #processorListeners = new Set<ProcessorListener>();
  /** Set by a test: the next start throws this. */
  failNextStart: Error | undefined;
  readonly #guests: ScriptedGuests | undefined;

  constructor(guests?: ScriptedGuests) {
    this.#guests = guests;
  }

  start(spec: MachineSpec): Promise<void> {
    const failure = this.failNextStart;
    this.failNextStart = undefined;
    if (failure !== undefined) return Promise.reject(failure);
    this.#running.set(spec.id, spec);
    this.#guests?.powerOn(spec);
    return Promise.resolve();
  }

  cutPower(id: string): Promise<void> {
    this.end(id, 'cut');
    return Promise.resolve();
  }

  pressPowerButton(id: string): Promise<void> {
    this.end(id, 'guest');
    return Promise.resolve();
  }

  reset(id: string): Promise<void> {
    const spec = this.#running.get(id);
    if (spec) this.#guests?.powerOff(id);
    if (spec) this.#guests?.powerOn(spec);
    return Promise.resolve();
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  onExit(listener: ExitListener): void {
    this.#listeners.add(listener);
  }

  processorStop(id: string): ProcessorStop | undefined {
    return this.#stops.get(id);
  }

  onProcessor(listener: ProcessorListener): void {
    this.#processorListeners.add(listener);
  }

  attachSerial(id: string): SerialViewer {
    return (
      this.#guests?.attach(id) ?? { onData: () => undefined, write: () => undefined, detach: () => undefined }
    );
  }

  metadataSourcePort(): Promise<number | undefined> {
    return Promise.resolve(undefined);
  }

  adopt(): Promise<readonly string[]> {
    return Promise.resolve([...this.#running.keys()]);
  }

  stopAll(): Promise<void> {
    for (const id of [...this.#running.keys()]) this.end(id, 'cut');
    return Promise.resolve();
  }

  release(): void {
    this.#running.clear();
  }

  forget(id: string): Promise<void> {
    this.#guests?.forget(id);
    return Promise.resolve();
  }

  /** The machine's process ends, as by a guest's power-off or a crash. */
  end(id: string, reason: MachineExit['reason']): void {
    if (!this.#running.delete(id)) return;
    this.#stops.delete(id);
    this.#guests?.powerOff(id);
    const signal = reason === 'guest' ? undefined : 'SIGKILL';
    const exit = { reason, code: reason === 'guest' ? 0 : undefined, signal, log: '' };
    for (const listener of this.#listeners) listener(id, exit);
  }

  /** A running machine's processor stops, or goes on; for tests. */
  stopProcessor(id: string, stopped: ProcessorStop | undefined): void {
    if (stopped === undefined) this.#stops.delete(id);
    else this.#stops.set(id, stopped);
    for (const listener of this.#processorListeners) listener(id, stopped);
  }

  /** How a running machine was started; for tests. */
  specOf(id: string): MachineSpec | undefined {
    return this.#running.get(id);
  }
}
