import type { MachineDriver, MachineExit, MachineSpec, SerialViewer } from '../machines/machine-driver.ts';

type ExitListener = (id: string, how: MachineExit) => void;

/**
 * Machines that are not there: no process, no disk access, no console output. Only for measuring the API and Pulumi
 * with many servers and for tests of the API; nothing boots. The real ones are QEMU's (localcloud/machines).
 */
export class SimulatedMachineDriver implements MachineDriver {
  readonly accelerator = 'simulated';
  readonly acceleratorReason = 'nothing boots: simulated machines for tests of scale';
  readonly #running = new Map<string, MachineSpec>();
  readonly #listeners = new Set<ExitListener>();
  /** Set by a test: the next start throws this. */
  failNextStart: Error | undefined;

  start(spec: MachineSpec): Promise<void> {
    const failure = this.failNextStart;
    this.failNextStart = undefined;
    if (failure !== undefined) return Promise.reject(failure);
    this.#running.set(spec.id, spec);
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

  reset(): Promise<void> {
    return Promise.resolve();
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  onExit(listener: ExitListener): void {
    this.#listeners.add(listener);
  }

  attachSerial(): SerialViewer {
    return { onData: () => undefined, write: () => undefined, detach: () => undefined };
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

  forget(): Promise<void> {
    return Promise.resolve();
  }

  /** The machine's process ends, as by a guest's power-off or a crash. */
  end(id: string, reason: MachineExit['reason']): void {
    if (!this.#running.delete(id)) return;
    const signal = reason === 'guest' ? undefined : 'SIGKILL';
    const exit = { reason, code: reason === 'guest' ? 0 : undefined, signal, log: '' };
    for (const listener of this.#listeners) listener(id, exit);
  }

  /** How a running machine was started; for tests. */
  specOf(id: string): MachineSpec | undefined {
    return this.#running.get(id);
  }
}
