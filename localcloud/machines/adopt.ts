import { readFile } from 'node:fs/promises';
import { Deadline } from '../../waiting/deadline.ts';
import type { SerialHub } from '../serial/serial-hub.ts';
import type { MachineFiles } from './machine-files.ts';
import { identityOf, lives, parseIdentity, signalProcess, type ProcessIdentity } from './process-identity.ts';
import { QmpClient } from './qmp/client.ts';
import { RunningMachine } from './running-machine.ts';

/** Seconds for the handshake with a machine of an earlier daemon. */
const handshakeSeconds = 10;

/** What became of a machine's process of an earlier daemon. */
export type Adoption =
  | { readonly found: 'nothing' }
  | { readonly found: 'machine'; readonly machine: RunningMachine }
  /** A process of ours that could not be steered, or had never been let run: it was killed. */
  | { readonly found: 'killed'; readonly pid: number; readonly why: string };

/**
 * Connects to the machine that an earlier daemon left in these files, if it still runs. Whose process it is, is settled
 * by its start time or, when the daemon was killed before noting that, by its command line; never by its id alone.
 */
export async function adoptMachine(id: string, files: MachineFiles, serial: SerialHub): Promise<Adoption> {
  const identity = await findProcess(files);
  if (identity === undefined) return { found: 'nothing' };
  const deadline = Deadline.after(handshakeSeconds);
  let monitor: QmpClient | undefined;
  try {
    monitor = await QmpClient.open(files.monitorSocket, deadline);
    const name = (await monitor.execute('query-name', undefined, deadline)) as { name?: unknown };
    if (name.name !== id) throw new Error(`its monitor calls itself ${String(name.name)}`);
    const status = (await monitor.execute('query-status', undefined, deadline)) as { status?: unknown };
    if (status.status === 'prelaunch') throw new Error('it was never let run');
    const machine = new RunningMachine({ id, files, identity, monitor, serial });
    // `paused` may be a daemon's that was killed while it adopted; any other stop has a cause that `cont` does not mend.
    const ours = status.status === 'running' || status.status === 'paused';
    if (ours) await machine.pause();
    await machine.connectSerial(deadline);
    if (ours) await machine.resume();
    else await machine.lookAtProcessor();
    return { found: 'machine', machine };
  } catch (error) {
    monitor?.close();
    serial.disconnect();
    await signalProcess(identity, 'SIGKILL');
    return {
      found: 'killed',
      pid: identity.pid,
      why: error instanceof Error ? error.message : String(error),
    };
  }
}

async function findProcess(files: MachineFiles): Promise<ProcessIdentity | undefined> {
  const noted = parseIdentity(await readFile(files.record, 'utf8').catch(() => ''));
  if (noted) return (await lives(noted)) ? noted : undefined;
  const pid = Number.parseInt(await readFile(files.pidFile, 'utf8').catch(() => ''), 10);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!commandLine.split('\0').includes(files.pidFile)) return undefined;
  return identityOf(pid);
}
