import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndpointsFile } from '../../contracts/endpoints-file.ts';
import { AddressPool } from '../addresses/address-pool.ts';
import { tryLock } from '../addresses/mutex.ts';
import { apiHandler } from '../api/server.ts';
import { sameSecret } from '../api/auth.ts';
import { Disks } from '../compute/disks.ts';
import type { LocalCloud } from '../compute/local-cloud.ts';
import { MachineControl } from '../compute/machine-control.ts';
import { resumeDisks } from '../compute/volumes.ts';
import { Faults, type MachineTrouble } from '../faults/faults.ts';
import { wantedAccelerator } from '../machines/accelerator/wanted.ts';
import type { MachineDriver } from '../machines/machine-driver.ts';
import { attachConsole, type ConsoleFault, type ConsoleService } from '../serial/console-server.ts';
import type { Storage } from '../storage/supervisor.ts';
import { Store } from '../store/store.ts';
import { alreadyRunning, portTaken } from '../../errors/localcloud.ts';
import { cacheFolder, type Environment } from '../../scripts/setup/folders.ts';
import { endpointsOf, readEndpoints } from './endpoints.ts';
import { cloudFolder, lockName } from './folder.ts';
import { leftProcesses } from './left-processes.ts';
import { openLog } from './log.ts';
import { openMachines } from './machines.ts';
import type { DaemonOptions } from './options.ts';
import { choosePortOffset } from './port-offset.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { openStorage } from './storage.ts';
import { setAsideFolder, setMachinesAside, tidyDisks } from './unclaimed.ts';
import { undoAll } from './undo.ts';
import { writeWhole } from './write-file.ts';

/** A running embedded cloud. */
export interface Daemon {
  readonly endpoints: EndpointsFile;
  /** The parts, for tests that look inside. */
  readonly cloud: LocalCloud;
  readonly driver: MachineDriver;
  /** Ends all machines and the object storage, then lets go of the folder. */
  stop(): Promise<void>;
}

/**
 * Runs an embedded cloud in this process.
 *
 * @param hooks for tests that hold actions up step by step.
 * @throws BF1800 when one runs already in this folder, BF1801 for a port, BF1805, BF1806 and BF1820 for its files, BF1808
 *   and BF1809 for the accelerator that was asked for, BF1821 for machines that it does not know.
 */
export async function runDaemon(
  options: DaemonOptions,
  env: Environment = process.env,
  hooks: { readonly pace?: LocalCloud['pace'] } = {},
): Promise<Daemon> {
  const folder = cloudFolder(env);
  await mkdir(folder.root, { recursive: true, mode: 0o700 });
  const log = openLog(folder.log);
  const lock = await tryLock(lockName(folder));
  if (lock === undefined) {
    throw alreadyRunning({ folder: folder.root, pid: (await readEndpoints(folder.endpoints))?.pid });
  }
  // Undone in reverse order, on a failed start as on a stop. Nothing that can fail may stand between the lock and this.
  const undo: (() => Promise<void>)[] = [() => lock.release()];
  const stop = once(async () => {
    log('stopping');
    await undoAll(undo, log);
    log('stopped');
  });
  try {
    log(`starting, process ${process.pid}, ${options.machines} machines`);
    await rm(folder.endpoints, { force: true });
    const machinesRun = (await leftProcesses(folder.machines)).length > 0;
    const loaded = await loadSettings(folder.settings);
    // Machines that still run keep the offset that they were started with.
    const settings = { ...loaded, portOffset: machinesRun ? loaded.portOffset : await choosePortOffset() };

    const store = Store.open(folder.state, settings.journal ?? undefined, log);
    undo.push(() => {
      store.close();
      return Promise.resolve();
    });
    const disks = new Disks(folder.disks);
    await disks.prepare();
    const faults = new Faults();
    const pace = hooks.pace ?? faults.pace.bind(faults);
    const { driver, machineTypes, metadata, metadataSocket } = await openMachines(options.machines, {
      folder: folder.machines,
      cacheFolder: cacheFolder(env),
      accelerator: wantedAccelerator(env),
      portOffset: settings.portOffset,
      log,
    });
    let storage: Storage | undefined;
    const machines = new MachineControl({
      store,
      driver,
      disks,
      metadata: metadata.door,
      metadataSocket,
      reach: () =>
        options.network === 'open' ? { kind: 'open' } : { kind: 'closed', storagePort: storage?.port },
      pace,
      unplugged: () => faults.machines.network === 'unplugged',
      log,
    });
    const startedAt = new Date().toISOString();
    // Filled once the HTTP server is there.
    const consoles: { service?: ConsoleService } = {};
    const cloud: LocalCloud = {
      identity: settings,
      store,
      disks,
      machines,
      addresses: new AddressPool(join(cacheFolder(env), 'addresses'), folder.root, settings.portOffset + 22),
      faults,
      pace,
      log,
      machineTypes,
      about: () => ({
        pid: process.pid,
        started_at: startedAt,
        folder: folder.root,
        accelerator: driver.accelerator,
        accelerator_reason: driver.acceleratorReason,
        ...(driver.uefiAccelerator && { accelerator_uefi: driver.uefiAccelerator }),
        storage: storage?.status ?? 'none',
        port_offset: settings.portOffset,
        network: options.network ?? 'closed',
      }),
      dropConsoles: (serverId) => consoles.service?.drop(serverId) ?? 0,
    };
    metadata.connect(cloud);

    const handler = apiHandler(cloud);
    const server = createServer({ requestTimeout: 60_000 }, (request, response) => {
      handler(request, response).catch((thrown: unknown) => {
        // The client went away in the middle of its request, or a bug; either way this connection is done for.
        log(
          `${request.method ?? ''} ${request.url ?? ''}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        );
        request.socket.destroy();
      });
    });
    const apiPort = await listen(server, options.port ?? settings.apiPort);
    server.on('error', (error) => {
      log(`API: ${error.message}`);
    });
    undo.push(async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    });
    await saveSettings(folder.settings, { ...settings, apiPort, journal: store.journalId });
    const service = attachConsole(server, {
      authorize: (ticket) => Promise.resolve(admit(cloud, ticket)),
      attach: (serverId) => driver.attachSerial(serverId),
      fault: () => consoleFault(faults.machines),
      log,
    });
    consoles.service = service;
    undo.push(() => {
      service.close();
      return Promise.resolve();
    });
    if (options.storage) {
      storage = await openStorage(folder.storage, settings, env, log);
      const opened = storage;
      undo.push(() => opened.stop());
    }
    // A stop ends the machines too; a start that fails leaves those of an earlier daemon running.
    let serving = false;
    undo.push(() => (serving ? machines.close() : machines.letGo()));
    const known = new Set(store.list('server').map(({ id }) => id));
    await machines.recover(folder.root);
    const aside = setAsideFolder(folder.unclaimed, new Date(startedAt));
    await setMachinesAside(folder.machines, known, aside, log);
    await tidyDisks(cloud, aside);
    await markBroken(cloud);
    resumeDisks(cloud);

    const endpoints = endpointsOf(settings, apiPort, storage?.port);
    await writeWhole(folder.endpoints, `${JSON.stringify(endpoints, undefined, 2)}\n`);
    undo.push(() => rm(folder.endpoints, { force: true }));
    serving = true;
    log(`serving at ${endpoints.api}, object storage at ${endpoints.s3.endpoint || 'none'}`);
    return { endpoints, cloud, driver, stop };
  } catch (thrown) {
    log(`did not start: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    // Why it did not start says more than what else failed then, which is in the log.
    await stop().catch(() => undefined);
    throw thrown;
  }
}

/** What new lines to consoles meet while tests want trouble. */
function consoleFault({ console }: MachineTrouble): ConsoleFault | undefined {
  if (console === undefined) return undefined;
  return console === 'refused' ? { refuse: 'console access is denied (fault)' } : { silent: true };
}

function admit(
  cloud: LocalCloud,
  ticket: { readonly secret: string; readonly serverId: string },
): { title: string } | { refused: string } {
  if (!sameSecret(ticket.secret, cloud.identity.secretKey)) return { refused: 'authentication is denied' };
  const server = cloud.store.get('server', ticket.serverId);
  return server === undefined ? { refused: 'resource is not found' } : { title: server.name };
}

/** A volume whose file is gone is shown as broken instead of failing at the next power-on. */
async function markBroken(cloud: LocalCloud): Promise<void> {
  const { store, disks, log } = cloud;
  const present = new Set(await disks.present());
  for (const volume of store.list('volume')) {
    if (present.has(volume.id) || volume.status !== 'available') continue;
    log(`volume ${volume.id}: its file is gone`);
    store.commit((change) => {
      change.put('volume', { ...volume, status: 'error' });
    });
  }
}

/** @throws BF1801 */
async function listen(server: ReturnType<typeof createServer>, port: number | null): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(
        taken ? portTaken({ port: port ?? 0, address: '127.0.0.1', what: 'API' }, { cause: error }) : error,
      );
    });
    server.listen(port ?? 0, '127.0.0.1', () => {
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
