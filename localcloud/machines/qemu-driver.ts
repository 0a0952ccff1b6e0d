import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hostFull, machineStateWrong, machineTypeUnknown, rescueMissing } from '../../errors/localcloud.ts';
import { hostResumeLine, hostStopLine } from '../../contracts/host-stop.ts';
import { SerialHub } from '../serial/serial-hub.ts';
import { AcceleratorChoice } from './accelerator/choice.ts';
import type { Accelerator } from './accelerator/kept-answer.ts';
import { wantedAccelerator, type WantedAccelerator } from './accelerator/wanted.ts';
import { adoptMachine } from './adopt.ts';
import type { CommandLineParts, RescueSystem } from './command-line.ts';
import { findUefiFirmware } from './firmware.ts';
import { heldMemory } from './held-memory.ts';
import { hostRoom, memoryNeeded, missingRoom, type HostRoom } from './host-room.ts';
import { launch } from './launch.ts';
import { machineFiles } from './machine-files.ts';
import type { MachineDriver, MachineExit, MachineSpec, SerialViewer } from './machine-driver.ts';
import type { ProcessorStop } from './processor-stop.ts';
import type { RunningMachine } from './running-machine.ts';
import { machineType, machineTypeNames, type MachineType } from './server-types.ts';

/** See `openQemuDriver`. */
export interface QemuDriverOptions {
  /** One sub-folder a machine. Keep the path short: Unix sockets lie in it. */
  readonly folder: string;
  /** Where the answers of KVM probes are kept. */
  readonly cacheFolder: string;
  /** How processors run; default: what `BOOTFLEET_ACCELERATOR` says. */
  readonly accelerator?: WantedAccelerator;
  /** Added to the guests' ports on the host's side; 0 where ports below 1024 may be bound. */
  readonly portOffset: number;
  /** Asked each time that a machine boots from it; what it throws ends the start. */
  readonly rescueSystem?: (machine: string) => Promise<RescueSystem>;
  /** Whether machines are killed when this process ends, however that ends; default: they go on, to be adopted. */
  readonly endsWithUs?: boolean;
  /** For tests: what the host has left. */
  readonly room?: (folder: string) => Promise<HostRoom>;
  /** For tests: bytes that a process holds. */
  readonly held?: (pid: number) => Promise<number>;
  /** One line for each thing worth knowing. */
  readonly log?: (line: string) => void;
}

/**
 * Opens the driver. Nothing is started or adopted yet; call `adopt` before anything else.
 *
 * @throws BF1808 and BF1809 for `BOOTFLEET_ACCELERATOR`
 */
export async function openQemuDriver(options: QemuDriverOptions): Promise<MachineDriver> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const { cacheFolder, accelerator: wanted = wantedAccelerator(process.env) } = options;
  const choice = new AcceleratorChoice({ cacheFolder, wanted });
  // Without it no machine of the usual type could be started, so the daemon need not start either.
  const { kind, reason } = await choice.for('bios');
  options.log?.(`machines: ${kind}: ${reason}`);
  return new QemuDriver(options, choice);
}

class QemuDriver implements MachineDriver {
  readonly #options: QemuDriverOptions;
  readonly #choice: AcceleratorChoice;
  readonly #running = new Map<string, RunningMachine>();
  readonly #serials = new Map<string, SerialHub>();
  readonly #listeners = new Set<(id: string, how: MachineExit) => void>();
  /** Memory in MiB that machines were promised, and when. */
  readonly #starts = new Map<string, { readonly memory: number; readonly at: number }>();
  /** Stops that were told, with their causes complete. */
  readonly #stops = new Map<string, ProcessorStop>();
  readonly #processorListeners = new Set<(id: string, stopped: ProcessorStop | undefined) => void>();
  /** The last action on each machine: actions on one machine never overlap. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: QemuDriverOptions, choice: AcceleratorChoice) {
    this.#options = options;
    this.#choice = choice;
  }

  get accelerator(): 'kvm' | 'tcg' {
    return this.#choice.known('bios')?.kind ?? 'tcg';
  }

  get acceleratorReason(): string {
    return this.#choice.known('bios')?.reason ?? '';
  }

  get uefiAccelerator(): Accelerator | undefined {
    return this.#choice.known('uefi');
  }

  start(spec: MachineSpec): Promise<void> {
    return this.#inTurn(spec.id, async () => {
      if (this.#running.has(spec.id))
        throw machineStateWrong({ machine: spec.id, wanted: 'started', state: 'running' });
      const parts = await this.#commandLineParts(spec);
      await this.#roomFor(parts);
      await mkdir(parts.files.folder, { recursive: true, mode: 0o700 });
      const machine = await launch(parts, {
        serial: this.#serialOf(spec.id),
        endsWithUs: this.#options.endsWithUs ?? false,
      }).catch((thrown: unknown) => {
        this.#starts.delete(spec.id);
        throw thrown;
      });
      this.#options.log?.(
        `machines: ${spec.id} (${spec.serverType}) boots from ${spec.bootSource}, process ${machine.identity.pid}`,
      );
      this.#follow(machine);
    });
  }

  cutPower(id: string): Promise<void> {
    return this.#inTurn(id, async () => {
      await this.#running.get(id)?.cutPower();
    });
  }

  async pressPowerButton(id: string): Promise<void> {
    await this.#runningOne(id, 'switched off').pressPowerButton();
  }

  async reset(id: string): Promise<void> {
    await this.#runningOne(id, 'reset').reset();
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  onExit(listener: (id: string, how: MachineExit) => void): void {
    this.#listeners.add(listener);
  }

  processorStop(id: string): ProcessorStop | undefined {
    return this.#stops.get(id);
  }

  onProcessor(listener: (id: string, stopped: ProcessorStop | undefined) => void): void {
    this.#processorListeners.add(listener);
  }

  attachSerial(id: string): SerialViewer {
    return this.#serialOf(id).attach();
  }

  async metadataSourcePort(id: string): Promise<number | undefined> {
    return this.#running.get(id)?.metadataSourcePort();
  }

  async adopt(): Promise<readonly string[]> {
    const folders = await readdir(this.#options.folder, { withFileTypes: true });
    const adopted: string[] = [];
    for (const { name: id } of folders.filter((entry) => entry.isDirectory())) {
      await this.#inTurn(id, async () => {
        if (this.#running.has(id)) return;
        const adoption = await adoptMachine(id, machineFiles(this.#options.folder, id), this.#serialOf(id));
        if (adoption.found === 'killed')
          this.#options.log?.(
            `machines: ${id}: process ${adoption.pid} killed, not adopted: ${adoption.why}`,
          );
        if (adoption.found !== 'machine') return;
        this.#options.log?.(`machines: ${id} adopted, process ${adoption.machine.identity.pid}`);
        this.#follow(adoption.machine);
        adopted.push(id);
      });
    }
    return adopted;
  }

  async stopAll(): Promise<void> {
    const results = await Promise.allSettled([...this.#running.keys()].map((id) => this.cutPower(id)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason as Error;
  }

  release(): void {
    for (const machine of this.#running.values()) machine.release();
    this.#running.clear();
  }

  forget(id: string): Promise<void> {
    return this.#inTurn(id, async () => {
      if (this.#running.has(id))
        throw machineStateWrong({ machine: id, wanted: 'forgotten', state: 'running' });
      this.#serials.get(id)?.disconnect();
      this.#serials.delete(id);
      await rm(machineFiles(this.#options.folder, id).folder, { recursive: true, force: true });
    });
  }

  /** @throws BF1843 */
  async #roomFor({ spec, type, accelerator }: CommandLineParts): Promise<void> {
    const { room = hostRoom, held = heldMemory, folder } = this.#options;
    const memory = memoryNeeded(type.memory, accelerator);
    // Before the host is asked: what a machine takes in between counts twice then, and never not at all.
    const holding = new Map<string, number>();
    for (const id of this.#starts.keys()) {
      const machine = this.#running.get(id);
      if (machine !== undefined) holding.set(id, await held(machine.identity.pid));
    }
    const found = await room(spec.disks[0] === undefined ? folder : dirname(spec.disks[0]));
    const now = performance.now();
    const recent = [...this.#starts].map(([id, start]) => ({
      memory: start.memory,
      held: holding.get(id) ?? 0,
      age: (now - start.at) / 1000,
    }));
    const missing = missingRoom(memory, found, recent);
    if (missing !== undefined) throw hostFull({ machine: spec.id, ...missing });
    this.#starts.set(spec.id, { memory, at: now });
  }

  async #commandLineParts(spec: MachineSpec): Promise<CommandLineParts> {
    const type = machineType(spec.serverType);
    if (type === undefined)
      throw machineTypeUnknown({
        machine: spec.id,
        type: spec.serverType,
        known: machineTypeNames.join(', '),
      });
    const { rescueSystem, folder, portOffset } = this.#options;
    const rescue = spec.bootSource === 'rescue' ? await rescueSystem?.(spec.id) : undefined;
    if (spec.bootSource === 'rescue' && rescue === undefined)
      throw rescueMissing({ machine: spec.id, reason: 'none is set up' });
    return {
      spec,
      type,
      files: machineFiles(folder, spec.id),
      accelerator: await this.#acceleratorFor(type),
      portOffset,
      ...(type.firmware === 'uefi' ? { uefi: await findUefiFirmware() } : {}),
      ...(rescue ? { rescue } : {}),
    };
  }

  async #acceleratorFor({ firmware }: MachineType): Promise<'kvm' | 'tcg'> {
    const before = this.#choice.known(firmware);
    const { kind, reason } = await this.#choice.for(firmware);
    if (before === undefined) this.#options.log?.(`machines with ${firmware}: ${kind}: ${reason}`);
    return kind;
  }

  #serialOf(id: string): SerialHub {
    const known = this.#serials.get(id);
    if (known) return known;
    const serial = new SerialHub(machineFiles(this.#options.folder, id));
    this.#serials.set(id, serial);
    return serial;
  }

  #runningOne(id: string, wanted: string): RunningMachine {
    const machine = this.#running.get(id);
    if (machine === undefined) throw machineStateWrong({ machine: id, wanted, state: 'switched off' });
    return machine;
  }

  #follow(machine: RunningMachine): void {
    const { id } = machine;
    this.#running.set(id, machine);
    let told: Promise<void> = Promise.resolve();
    machine.onProcessor((stopped) => {
      told = told.then(() => this.#tellProcessor(machine, stopped));
    });
    void machine.ended.then((how) => {
      // A machine that was let go is no longer ours to report on.
      if (this.#running.get(id) !== machine) return;
      this.#running.delete(id);
      this.#starts.delete(id);
      this.#stops.delete(id);
      this.#options.log?.(`machines: ${id} ended (${how.reason})${how.log ? `: ${how.log}` : ''}`);
      for (const listener of this.#listeners) listener(id, how);
    });
  }

  /** Says it in the log, on the machine's console, and to whoever listens. Never rejects. */
  async #tellProcessor(machine: RunningMachine, stopped: ProcessorStop | undefined): Promise<void> {
    const { id } = machine;
    const now = stopped && { ...stopped, why: `${stopped.why}${await this.#consequence(machine, stopped)}` };
    if (this.#running.get(id) !== machine) return;
    if (now === undefined) this.#stops.delete(id);
    else this.#stops.set(id, now);
    const at = new Date().toISOString();
    this.#options.log?.(
      `machines: ${id} ${now ? `stopped by its host (${now.status}): ${now.why}` : 'goes on'}`,
    );
    // The listeners first: who reads the line asks the cloud what it means.
    for (const listener of this.#processorListeners) listener(id, now);
    this.#serialOf(id).say(now ? hostStopLine(at, now.why) : hostResumeLine(at));
  }

  /** What KVM could not do once it cannot do the next time either: machines that start from now on are emulated. */
  async #consequence(machine: RunningMachine, stopped: ProcessorStop): Promise<string> {
    if (stopped.status !== 'internal-error') return '';
    try {
      const kind = await machine.kind();
      if (!kind.kvm) return '';
      const { reason } = await this.#choice.kvmDied(kind.firmware, stopped.why);
      this.#options.log?.(`machines with ${kind.firmware}: tcg from now on: ${reason}`);
      return '; from its next power-on it is emulated';
    } catch (thrown) {
      this.#options.log?.(`machines: ${machine.id}: after its stop: ${String(thrown)}`);
      return '';
    }
  }

  #inTurn<T>(id: string, action: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(id) ?? Promise.resolve();
    const mine = before.then(action, action);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#queues.set(id, settled);
    void settled.then(() => {
      if (this.#queues.get(id) === settled) this.#queues.delete(id);
    });
    return mine;
  }
}
