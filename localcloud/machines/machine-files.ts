import { join } from 'node:path';

/** Longest path of a Unix socket: `sun_path` of unix(7) holds 108 bytes, the last of them zero. */
export const longestSocketPath = 107;

/** A machine's own files. All paths absolute. */
export interface MachineFiles {
  readonly folder: string;
  /** QEMU's monitor (QMP). */
  readonly monitorSocket: string;
  readonly serialSocket: string;
  /** Everything the serial line has said since it was last moved to the scroll-back; QEMU appends to it. */
  readonly serialLog: string;
  readonly scrollBack: string;
  /** QEMU's stderr. */
  readonly errorLog: string;
  /** Written and locked by QEMU itself. */
  readonly pidFile: string;
  /** Who runs: process id, its start time, the boot of the host. */
  readonly record: string;
  /** UEFI variables. */
  readonly firmwareVariables: string;
  readonly metadataSocket: string;
}

/**
 * Where machine `id` keeps its files below the driver's folder. Names are short because the paths of sockets are.
 *
 * @example machineFiles('/data/machines', '6f0e...').monitorSocket // '/data/machines/6f0e.../qmp'
 */
export function machineFiles(driverFolder: string, id: string): MachineFiles {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) throw new Error(`not a machine id: ${JSON.stringify(id)}`);
  const folder = join(driverFolder, id);
  return {
    folder,
    monitorSocket: join(folder, 'qmp'),
    serialSocket: join(folder, 'tty'),
    serialLog: join(folder, 'serial.log'),
    scrollBack: join(folder, 'scroll-back'),
    errorLog: join(folder, 'qemu.log'),
    pidFile: join(folder, 'pid'),
    record: join(folder, 'process.json'),
    firmwareVariables: join(folder, 'uefi-variables.fd'),
    metadataSocket: join(folder, 'md'),
  };
}

/** The Unix socket for a machine's metadata, for `MachineSpec.metadataSocket`. */
export function metadataSocketPath(driverFolder: string, id: string): string {
  return machineFiles(driverFolder, id).metadataSocket;
}
