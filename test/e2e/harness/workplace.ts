import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startDaemon } from '../../../localcloud/daemon/start.ts';
import { stopDaemon } from '../../../localcloud/daemon/stop.ts';
import type { EndpointsFile } from '../../../contracts/endpoints-file.ts';
import type { GuestNetworkKind, MachineKind } from '../../../localcloud/daemon/options.ts';
import { checkout } from '../../../scripts/setup/folders.ts';
import { pulumiEnvironment } from '../../../scripts/setup/pulumi/environment.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { markedProcesses, markVariable } from './marked-processes.ts';
import { signal } from './signal.ts';

/** How a command of ours ended. */
export interface CommandResult {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A place of its own for an end-to-end test: a temporary folder with its own BOOTFLEET_HOME (embedded cloud) and
 * BOOTFLEET_DATA (state, transcripts); tools and built artifacts come from the shared cache. Everything started in it
 * carries a mark, by which `close` proves that nothing is left.
 *
 * @example
 * const place = await openWorkplace();
 * await place.startCloud();
 * const result = await place.bootfleet(['status', 'local', '--json']);
 * await place.close();
 */
export interface Workplace {
  readonly folder: string;
  /** The environment for everything in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly mark: string;
  /** Starts the embedded cloud, or starts it again after `killCloud`. Default: QEMU, with object storage. */
  startCloud(options?: {
    machines?: MachineKind;
    storage?: boolean;
    network?: GuestNetworkKind;
  }): Promise<EndpointsFile>;
  stopCloud(): Promise<void>;
  /** SIGKILL for the daemon alone, as a crash: its machines may live on. */
  killCloud(): Promise<void>;
  /** Runs `bootfleet` as a user does. Limit: 120 s. */
  bootfleet(args: readonly string[], limit?: number): Promise<CommandResult>;
  /**
   * Stops the cloud, waits until no process of the test is left, and removes the folder.
   * @throws with the command lines of what is left after 20 s (which is then ended).
   */
  close(): Promise<void>;
}

/** @param extra further variables for everything in it. */
export async function openWorkplace(extra: Readonly<Record<string, string>> = {}): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-e2e-'));
  const mark = randomUUID();
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SCW_|SCALEWAY_|PULUMI_(?!HOME))/.test(name)),
  );
  const own = {
    ...inherited,
    [markVariable]: mark,
    BOOTFLEET_HOME: join(folder, 'home'),
    BOOTFLEET_DATA: join(folder, 'data'),
    ...extra,
  };
  await mkdir(own.BOOTFLEET_DATA, { recursive: true });
  const env = { ...own, ...(await pulumiEnvironment(own)) } as Readonly<Record<string, string>>;
  let endpoints: EndpointsFile | undefined;

  const place: Workplace = {
    folder,
    env,
    mark,
    async startCloud({ machines = 'qemu', storage = true, network = 'closed' } = {}) {
      endpoints = await startDaemon(
        // A test that is killed takes its cloud with it.
        { port: undefined, machines, storage, network, tied: true },
        Deadline.after(60),
        env,
      );
      return endpoints;
    },
    async stopCloud() {
      await stopDaemon(Deadline.after(60), env);
      endpoints = undefined;
    },
    async killCloud() {
      if (endpoints === undefined) throw new Error('the cloud was not started here');
      const { pid } = endpoints;
      process.kill(pid, 'SIGKILL');
      await poll({
        probe: async () => ((await markedProcesses(mark)).some((one) => one.pid === pid) ? undefined : true),
        deadline: Deadline.after(10),
        every: 0.05,
        onTimeout: () => new Error(`the daemon ${pid} did not end`),
      });
    },
    async bootfleet(args, limit = 120) {
      const node = join(checkout, 'node_modules', '.bin', 'node');
      const { exitCode, stdout, stderr } = await execa(node, [join(checkout, 'cli', 'main.ts'), ...args], {
        cwd: checkout,
        env: { ...env },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        timeout: limit * 1000,
      });
      return { status: exitCode, stdout, stderr };
    },
    async close() {
      await place.stopCloud();
      const left = await settle(mark);
      await rm(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`processes were left:\n${left.join('\n')}`);
    },
  };
  return place;
}

/** Waits until no marked process is left; what is still there after 20 s is ended and named. */
async function settle(mark: string): Promise<string[]> {
  const deadline = Deadline.after(20);
  return await poll<string[]>({
    probe: async () => {
      const left = await markedProcesses(mark);
      if (left.length === 0) return [];
      if (!deadline.passed) return undefined;
      for (const { pid } of left) signal(pid, 'SIGKILL');
      return left.map(({ pid, command }) => `${pid} ${command}`);
    },
    deadline: Deadline.after(30),
    every: 0.2,
    onTimeout: () => new Error('processes could not be listed'),
  });
}
