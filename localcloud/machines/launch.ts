import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, constants, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { socketPathTooLong } from '../../errors/localcloud.ts';
import type { SerialHub } from '../serial/serial-hub.ts';
import { qemuArguments, type CommandLineParts } from './command-line.ts';
import { longestSocketPath, type MachineFiles } from './machine-files.ts';
import { identityOf, type ProcessIdentity } from './process-identity.ts';
import { QmpClient } from './qmp/client.ts';
import { RunningMachine } from './running-machine.ts';
import { startupError, type StartupFailure } from './startup-failure.ts';
import { tied } from './tied.ts';

/** The program that runs machines. */
export const qemuProgram = 'qemu-system-x86_64';

/** Seconds from the start of the process until its processor runs. */
const launchSeconds = 30;

/** How a machine's process is started. */
export interface LaunchOptions {
  readonly serial: SerialHub;
  /** Whether it is killed when this process ends, however that ends; otherwise it outlives the daemon. */
  readonly endsWithUs: boolean;
  /** Until when its processor must run; default: 30 s from now. */
  readonly deadline?: Deadline;
}

/**
 * Starts a machine's process, detached, and lets its processor run once monitor and serial line are connected. When
 * anything fails, no process is left and the error holds QEMU's own words.
 */
export async function launch(
  parts: CommandLineParts,
  { serial, endsWithUs, deadline = Deadline.after(launchSeconds) }: LaunchOptions,
): Promise<RunningMachine> {
  const { spec, files } = parts;
  await prepare(parts);
  const child = await spawnQemu(qemuArguments(parts), { machine: spec.id, files, endsWithUs });
  let monitor: QmpClient | undefined;
  try {
    const identity = await recorded(child, files);
    monitor = await monitorOf(child, files, deadline);
    const machine = new RunningMachine({ id: spec.id, files, identity, monitor, serial, child });
    await machine.connectSerial(deadline);
    await machine.resume();
    return machine;
  } catch (error) {
    await killed(child);
    const failure: StartupFailure = {
      machine: spec.id,
      program: qemuProgram,
      code: child.exitCode ?? undefined,
      signal: child.signalCode ?? undefined,
      log: await readFile(files.errorLog, 'utf8').catch(() => ''),
      // Killed just now: why is in the error, not in the signal.
      ...(child.signalCode === 'SIGKILL' ? { spawnError: error as Error } : {}),
    };
    monitor?.close();
    serial.disconnect();
    await rm(files.record, { force: true });
    throw startupError(failure);
  }
}

async function prepare({ spec, files, uefi }: CommandLineParts): Promise<void> {
  for (const path of [files.monitorSocket, files.serialSocket, spec.metadataSocket]) {
    const bytes = Buffer.byteLength(path);
    if (bytes > longestSocketPath) throw socketPathTooLong({ path, bytes, most: longestSocketPath });
  }
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  // Left by a process that was killed; QEMU would take them over, but a connection must not reach the old ones.
  await Promise.all(
    [files.monitorSocket, files.serialSocket, files.pidFile, files.record].map((path) =>
      rm(path, { force: true }),
    ),
  );
  if (uefi === undefined) return;
  try {
    await copyFile(uefi.variables, files.firmwareVariables, constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function spawnQemu(
  argv: readonly string[],
  {
    machine,
    files,
    endsWithUs,
  }: { readonly machine: string; readonly files: MachineFiles; readonly endsWithUs: boolean },
): Promise<ChildProcess> {
  const command = endsWithUs ? tied(qemuProgram, argv) : { program: qemuProgram, argv };
  const log = await open(files.errorLog, 'w', 0o600);
  try {
    const child = spawn(command.program, command.argv, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: files.folder,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (spawnError) => {
        reject(startupError({ machine, program: qemuProgram, spawnError, log: '' }));
      });
    });
    return child;
  } finally {
    await log.close();
  }
}

/** Notes who runs, for a daemon that comes after this one. */
async function recorded(child: ChildProcess, files: MachineFiles): Promise<ProcessIdentity> {
  const identity = child.pid === undefined ? undefined : await identityOf(child.pid);
  if (identity === undefined) throw new Error('ended at once');
  await writeFile(files.record, JSON.stringify(identity), { mode: 0o600 });
  return identity;
}

async function monitorOf(child: ChildProcess, files: MachineFiles, deadline: Deadline): Promise<QmpClient> {
  // The socket's file appears before QEMU listens on it and nothing tells when it does, hence the short polling.
  return poll({
    probe: async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('ended');
      try {
        return await QmpClient.open(files.monitorSocket, deadline);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
        throw error;
      }
    },
    deadline,
    every: 0.02,
    onTimeout: () => new Error(`did not open its monitor within ${deadline.length / 1000} s`),
  });
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  child.kill('SIGKILL');
  await ended;
}
