import { machinesUnknown } from '../../errors/localcloud.ts';
import { hostStopDetail, parseHostStopDetail } from '../../contracts/host-stop.ts';
import type { MachineDriver, MachineExit } from '../machines/machine-driver.ts';
import type { GuestReach } from '../machines/network.ts';
import type { PowerAction, ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { now } from './clock.ts';
import type { Disks } from './disks.ts';
import { MachineJobs, type Phase } from './machine-jobs.ts';
import { machineSpec } from './machine-spec.ts';
import { freeIps, removeServer } from './removal.ts';
import { afterExit, begin, passing, resting, type Answer, type StateView } from './states.ts';

/** The metadata service of one machine; opened before its processor runs. */
export interface MetadataDoor {
  open(serverId: string): Promise<void>;
  close(serverId: string): Promise<void>;
}

export interface MachineControlParts {
  readonly store: Store;
  readonly driver: MachineDriver;
  readonly disks: Disks;
  readonly metadata: MetadataDoor;
  /** Path of the Unix socket on which a machine's metadata is served. */
  readonly metadataSocket: (serverId: string) => string;
  /** What a machine that starts now reaches. */
  readonly reach: () => GuestReach;
  /** Resolves when the phase may go on. */
  readonly pace: (id: string, phase: Phase) => Promise<void>;
  /** For tests: whether a machine that starts now gets no network. */
  readonly unplugged?: () => boolean;
  readonly log: (line: string) => void;
}

/**
 * Brings power actions from the API to the machines, one at a time for each machine, and keeps the server's state
 * what the machine really is. Each step is written down before it is done, so that `recover` can finish it.
 */
export class MachineControl {
  readonly #parts: MachineControlParts;
  readonly #jobs: MachineJobs;
  /** What machines that stand still had said of themselves. */
  readonly #before = new Map<string, string>();

  constructor(parts: MachineControlParts) {
    this.#parts = parts;
    this.#jobs = new MachineJobs({
      pace: parts.pace,
      failed: (id, thrown) => {
        this.#failed(id, thrown);
      },
    });
    parts.driver.onExit((id, how) => {
      this.#exited(id, how);
    });
    parts.driver.onProcessor((id) => {
      this.#processorChanged(id);
    });
  }

  /** Begins an action when the server's state allows it; it goes on after the answer. */
  act(server: ServerRecord, action: PowerAction): Answer {
    const answer = begin(action, server);
    if (answer.kind === 'begin') {
      this.#set(server.id, { ...answer.first, pending: action });
      if (action === 'terminate') freeIps(this.#parts.store, server.id);
      this.#jobs.enqueue(server.id, () => this.#perform(server.id, action));
    }
    return answer;
  }

  /**
   * After a start of the daemon: machines still running are shown running, others stopped; actions that the last
   * daemon did not finish are finished.
   *
   * @param folder the embedded cloud's, for messages.
   * @throws BF1821 when machines of no server run: a record ends after its machine, so the state has lost them. They
   *   are left as they are.
   */
  async recover(folder: string): Promise<void> {
    const { store, driver, log } = this.#parts;
    const adopted = new Set(await driver.adopt());
    const unknown = [...adopted].filter((id) => store.get('server', id) === undefined);
    if (unknown.length > 0) {
      driver.release();
      throw machinesUnknown({ folder, machines: unknown.join(', ') });
    }
    for (const server of store.list('server')) {
      const { id, pending } = server;
      if (adopted.has(id)) await this.#parts.metadata.open(id);
      if (pending !== null) {
        log(`server ${id} (${server.name}): ${pending} was cut short, going on with it`);
        this.#jobs.enqueue(id, () => this.#perform(id, pending));
      } else if (server.state === 'running' && !adopted.has(id)) {
        log(`server ${id} (${server.name}): its machine is gone, shown stopped`);
        this.#set(id, resting.stopped);
      } else if (server.state === 'running') {
        log(`server ${id} (${server.name}): still running, adopted`);
        // Whoever let it go on, or stopped it, while no daemon ran.
        this.#processorChanged(id);
      }
    }
  }

  /** Resolves when no action is under way. */
  async idle(): Promise<void> {
    await this.#jobs.idle();
  }

  /**
   * Cuts power to all machines; they are shown stopped afterwards. Nothing begins after this; an action that waits in
   * a phase is left for the next start.
   */
  async close(): Promise<void> {
    await this.#jobs.close();
    const { store, driver, metadata } = this.#parts;
    await driver.stopAll();
    for (const server of store.list('server')) {
      await metadata.close(server.id);
      if (server.state === 'running') this.#set(server.id, resting.stopped);
    }
  }

  /** Ends nothing but what is done here: machines run on, and what is pending stays so, for the next daemon. */
  async letGo(): Promise<void> {
    await this.#jobs.close();
    const { store, driver, metadata } = this.#parts;
    driver.release();
    for (const { id } of store.list('server')) await metadata.close(id);
  }

  /** An action that could not be done: the server is shown as its machine is. */
  #failed(id: string, thrown: unknown): void {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    this.#parts.log(`server ${id}: ${problem}`);
    const rest = this.#parts.driver.isRunning(id) ? this.#on(id) : resting.stopped;
    this.#set(id, { ...rest, stateDetail: firstLine(problem), pending: null });
  }

  async #perform(id: string, action: PowerAction): Promise<void> {
    switch (action) {
      case 'poweron':
        await this.#powerOn(id);
        break;
      case 'reboot':
        await this.#reboot(id);
        break;
      case 'poweroff':
        await this.#powerOff(id, resting.stopped);
        break;
      case 'stop_in_place':
        await this.#powerOff(id, resting.stoppedInPlace);
        break;
      case 'terminate':
        await this.#terminate(id);
        break;
    }
  }

  async #powerOn(id: string): Promise<void> {
    await this.#jobs.pace(id, 'allocating');
    if (this.#parts.store.get('server', id)?.allocated === false) this.#set(id, passing.provisioning);
    await this.#jobs.pace(id, 'provisioning');
    await this.#start(id);
  }

  async #reboot(id: string): Promise<void> {
    const { driver } = this.#parts;
    await this.#jobs.pace(id, 'stopping');
    await driver.cutPower(id);
    this.#set(id, passing.rebooting);
    await this.#jobs.pace(id, 'rebooting');
    await this.#start(id);
  }

  async #powerOff(id: string, rest: StateView): Promise<void> {
    const { driver } = this.#parts;
    await this.#jobs.pace(id, 'stopping');
    await driver.cutPower(id);
    this.#set(id, { ...rest, pending: null });
  }

  async #terminate(id: string): Promise<void> {
    const { store, driver } = this.#parts;
    await this.#jobs.pace(id, 'terminating');
    await driver.cutPower(id);
    const server = store.get('server', id);
    if (server === undefined) return;
    const lost = server.volumes
      .map((held) => store.get('volume', held.volumeId))
      .filter((volume) => volume?.kind === 'l_ssd')
      .map((volume) => volume?.id ?? '');
    // Files first: a killed daemon then finds the action still pending and finishes it.
    for (const volumeId of lost) await this.#parts.disks.remove(volumeId);
    await this.removed(server, lost);
  }

  /** Removes a server and its machine; volumes of `lost` go with it, others and IPs are set free. */
  async removed(server: ServerRecord, lost: readonly string[]): Promise<void> {
    const { store, driver, metadata } = this.#parts;
    this.#before.delete(server.id);
    await metadata.close(server.id);
    await driver.forget(server.id);
    removeServer(store, server, lost);
  }

  async #start(id: string): Promise<void> {
    const { store, driver, metadata, log } = this.#parts;
    const server = store.get('server', id);
    if (server === undefined) return;
    if (driver.isRunning(id)) {
      this.#set(id, { ...this.#on(id), pending: null });
      return;
    }
    try {
      await metadata.open(id);
      const spec = machineSpec(server, this.#parts);
      await driver.start(this.#parts.unplugged?.() ? { ...spec, unplugged: true } : spec);
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      log(`server ${id} (${server.name}) did not start: ${problem}`);
      // The real cloud says nothing here; whoever waits for the machine should read why it does not come.
      const detail = firstLine(`did not start: ${problem}`);
      this.#set(id, { ...resting.stopped, stateDetail: detail, pending: null });
      return;
    }
    // The machine may have ended again in the meantime.
    if (driver.isRunning(id)) this.#set(id, { ...this.#on(id), pending: null });
    else this.#set(id, { ...resting.stopped, pending: null });
  }

  /** A machine that is on, as it is: its processor may have stopped already. */
  #on(id: string): StateView {
    const stopped = this.#parts.driver.processorStop(id);
    return stopped === undefined
      ? resting.running
      : { ...resting.running, stateDetail: hostStopDetail(stopped.why) };
  }

  /** Its host stopped a machine's processor, or lets it go on: the state stays, because power can be cut as before. */
  #processorChanged(id: string): void {
    const { store, driver, log } = this.#parts;
    const server = store.get('server', id);
    if (server?.state !== 'running' || server.pending !== null) return;
    const stopped = driver.processorStop(id);
    const standing = parseHostStopDetail(server.stateDetail) !== undefined;
    if (stopped === undefined) {
      if (!standing) return;
      log(`server ${id} (${server.name}): goes on`);
      this.#set(id, { ...resting.running, stateDetail: this.#before.get(id) ?? resting.running.stateDetail });
      return;
    }
    log(`server ${id} (${server.name}): stopped by its host: ${stopped.why}`);
    if (!standing) this.#before.set(id, server.stateDetail);
    this.#set(id, this.#on(id));
  }

  #exited(id: string, how: MachineExit): void {
    const { store, log } = this.#parts;
    const server = store.get('server', id);
    // While an action is under way, the action says what the state is.
    if (server?.state !== 'running' || server.pending !== null || this.#jobs.closed || how.reason === 'cut')
      return;
    const next = afterExit(how.reason);
    const words = how.log.trim().split('\n').slice(-3).join(' / ');
    const end =
      how.reason === 'guest'
        ? 'switched itself off'
        : `crashed (${how.signal ?? `status ${how.code ?? 'unknown'}`})`;
    log(`server ${id} (${server.name}): ${end}, now ${next.state}${words ? `: ${words}` : ''}`);
    this.#set(id, next);
  }

  #set(id: string, change: StateView & { readonly pending?: PowerAction | null }): void {
    const server = this.#parts.store.get('server', id);
    if (server === undefined) return;
    this.#parts.store.commit((transaction) => {
      transaction.put('server', { ...server, ...change, updatedAt: now() });
    });
  }
}

/** What fits into a server's `state_detail`. */
function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}
