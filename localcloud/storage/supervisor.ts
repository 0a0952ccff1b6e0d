import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BootfleetError } from '../../errors/error.ts';
import { storageNotStarted } from '../../errors/localcloud.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { identityOf, lives, parseIdentity, signalProcess } from '../machines/process-identity.ts';
import { freePort, isFree } from '../addresses/free-port.ts';
import { endGateway, endOf, startGateway, type GatewayParts } from './gateway-process.ts';
import { afterEnd, defaultRestartPolicy, type RestartPolicy } from './restart-policy.ts';

/** See `startStorage`. */
export interface StorageOptions {
  /** The versitygw program; see `findStorageProgram`. */
  readonly program: string;
  /** Objects, log and record lie in it. */
  readonly folder: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  /** Port to use, failing when it is taken. Default: the one of last time if it is free, else a free one. */
  readonly port?: number;
  readonly restarts?: RestartPolicy;
  readonly log?: (line: string) => void;
  /** Called when it ended too often and is not started again. */
  readonly onGaveUp?: (problem: string) => void;
}

/** The running object storage. */
export interface Storage {
  readonly port: number;
  /** Example: `http://127.0.0.1:40002`. */
  readonly endpoint: string;
  /** Of the process now; `undefined` between two. */
  readonly pid: number | undefined;
  readonly status: 'running' | 'restarting' | 'failed' | 'stopped';
  /** Ends it; resolves when no process is left. */
  stop(): Promise<void>;
}

/** Size at which the log starts anew. */
const largestLog = 4 * 1024 * 1024;

/**
 * Starts the object storage and keeps it running: versitygw with its posix backend, objects as files in the folder. The
 * port stays the same from start to start, because boot scripts hold URLs with it. A gateway left by a daemon that was
 * killed is ended first.
 *
 * Who may read: a bucket's policy, set by whoever makes the bucket (see docs/localcloud-storage.md).
 */
export async function startStorage(options: StorageOptions): Promise<Storage> {
  await mkdir(join(options.folder, 'objects'), { recursive: true, mode: 0o700 });
  await endLeftOver(options);
  const supervisor = new Supervisor(options, options.port ?? (await choosePort(options.folder)));
  await supervisor.start();
  return supervisor;
}

class Supervisor implements Storage {
  readonly port: number;
  readonly endpoint: string;
  status: Storage['status'] = 'restarting';
  readonly #options: StorageOptions;
  readonly #stopping = new AbortController();
  readonly #ends: number[] = [];
  #gateway: ChildProcess | undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(options: StorageOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  get pid(): number | undefined {
    return this.#gateway?.pid;
  }

  async start(): Promise<void> {
    const gateway = await this.#launch();
    this.#options.log?.(`storage: versitygw at ${this.endpoint}, process ${gateway.pid ?? 0}`);
    this.#watching = this.#watch(gateway);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#gateway) await endGateway(this.#gateway);
    await this.#watching;
    this.status = 'stopped';
  }

  async #launch(): Promise<ChildProcess> {
    const { options, port } = { options: this.#options, port: this.port };
    const gateway = await startWithMetadata(partsOf(options, port));
    try {
      await note(options.folder, gateway, port);
    } catch (error) {
      // A gateway without a record would be found by no later start.
      await endGateway(gateway);
      throw error;
    }
    this.#gateway = gateway;
    this.status = 'running';
    return gateway;
  }

  async #watch(first: ChildProcess): Promise<void> {
    let gateway = first;
    for (;;) {
      await ended(gateway);
      this.#gateway = undefined;
      if (this.#isStopping()) return;
      let problem = endOf(gateway);
      for (;;) {
        const wait = this.#answerTo(problem);
        if (wait === 'give-up') return;
        await pause(wait * 1000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        if (this.#isStopping()) return;
        try {
          gateway = await this.#launch();
          if (this.#isStopping()) await endGateway(gateway);
          break;
        } catch (error) {
          problem = error instanceof BootfleetError ? error.summary : String(error);
        }
      }
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #answerTo(problem: string): number | 'give-up' {
    this.status = 'restarting';
    this.#ends.push(performance.now() / 1000);
    const wait = afterEnd(this.#ends, this.#options.restarts ?? defaultRestartPolicy);
    if (wait === 'give-up') {
      this.status = 'failed';
      this.#options.log?.(`storage: versitygw ${problem}; it ended too often and is not started again`);
      this.#options.onGaveUp?.(problem);
    } else this.#options.log?.(`storage: versitygw ${problem}; started again in ${wait} s`);
    return wait;
  }
}

function partsOf(options: StorageOptions, port: number): GatewayParts {
  const { program, folder, region, accessKey, secretKey } = options;
  const [objects, log] = [join(folder, 'objects'), join(folder, 'versitygw.log')];
  const healthPath = `/_health/${randomUUID()}`;
  return { program, objects, port, region, accessKey, secretKey, healthPath, log };
}

/** Starts it with extended attributes where the file system has them, else with a folder beside the objects. */
async function startWithMetadata(parts: GatewayParts): Promise<ChildProcess> {
  await truncateIfLarge(parts.log);
  const sidecar = join(parts.objects, '..', 'metadata');
  if (await exists(sidecar)) return startGateway({ ...parts, sidecar });
  try {
    return await startGateway(parts);
  } catch (error) {
    if (!(error instanceof BootfleetError && error.summary.includes('xattrs are not supported'))) throw error;
    await mkdir(sidecar, { mode: 0o700 });
    return startGateway({ ...parts, sidecar });
  }
}

const recordOf = (folder: string): string => join(folder, 'process.json');

async function note(folder: string, gateway: ChildProcess, port: number): Promise<void> {
  const identity = gateway.pid === undefined ? undefined : await identityOf(gateway.pid);
  const unfinished = `${recordOf(folder)}.new`;
  await writeFile(unfinished, JSON.stringify({ ...identity, port }), { mode: 0o600 });
  await rename(unfinished, recordOf(folder));
}

async function endLeftOver({ folder, log }: StorageOptions): Promise<void> {
  const identity = parseIdentity(await readFile(recordOf(folder), 'utf8').catch(() => ''));
  if (identity === undefined || !(await signalProcess(identity, 'SIGTERM'))) return;
  log?.(`storage: process ${identity.pid} of an earlier daemon ended`);
  const gone = async (): Promise<true | undefined> => ((await lives(identity)) ? undefined : true);
  const late = (): Error =>
    storageNotStarted({
      problem: `of an earlier daemon (process ${identity.pid}) does not end`,
      said: 'nothing',
      log: join(folder, 'versitygw.log'),
    });
  await poll({ probe: gone, deadline: Deadline.after(5), every: 0.02, onTimeout: late }).catch(async () => {
    await signalProcess(identity, 'SIGKILL');
    await poll({ probe: gone, deadline: Deadline.after(5), every: 0.02, onTimeout: late });
  });
}

/** The port of last time, if it is still free. */
async function choosePort(folder: string): Promise<number> {
  const text = await readFile(recordOf(folder), 'utf8').catch(() => '');
  const last = Number(/"port":(\d{2,5})\b/.exec(text)?.[1] ?? 0);
  return last > 0 && (await isFree('127.0.0.1', last)) ? last : freePort('127.0.0.1');
}

async function ended(gateway: ChildProcess): Promise<void> {
  if (gateway.exitCode !== null || gateway.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    gateway.once('exit', () => {
      resolve();
    });
  });
}

async function truncateIfLarge(log: string): Promise<void> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size > largestLog) await truncate(log, 0);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
