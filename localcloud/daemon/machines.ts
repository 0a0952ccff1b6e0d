import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LocalCloud } from '../compute/local-cloud.ts';
import type { MetadataDoor } from '../compute/machine-control.ts';
import { metadataSource } from '../compute/metadata-source.ts';
import { serverTypes } from '../api/instance/products.ts';
import type { WantedAccelerator } from '../machines/accelerator/wanted.ts';
import type { MachineDriver } from '../machines/machine-driver.ts';
import { metadataSocketPath } from '../machines/machine-files.ts';
import { openQemuDriver } from '../machines/qemu-driver.ts';
import { machineTypeNames } from '../machines/server-types.ts';
import { serveMetadata } from '../metadata/server.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import type { MachineKind } from './options.ts';
import { buildRescueSystem } from './rescue-system.ts';
import { ScriptedGuests } from '../simulated/scripted-guest.ts';
import { SimulatedMachineDriver } from '../simulated/simulated-machine-driver.ts';

/** The machines of an embedded cloud, and what goes with them. */
export interface OpenMachines {
  readonly driver: MachineDriver;
  readonly machineTypes: readonly string[];
  readonly metadataSocket: (serverId: string) => string;
  readonly metadata: {
    readonly door: MetadataDoor;
    /** To be called once, when the cloud that the metadata comes from is there. */
    connect(cloud: LocalCloud): void;
  };
}

/** Opens the driver that was asked for. */
export async function openMachines(
  kind: MachineKind,
  parts: {
    folder: string;
    cacheFolder: string;
    accelerator: WantedAccelerator;
    portOffset: number;
    log: (line: string) => void;
  },
): Promise<OpenMachines> {
  if (kind !== 'qemu') {
    let cloud: LocalCloud | undefined;
    const guests = new ScriptedGuests({
      portOffset: parts.portOffset,
      // Not among the machines' own files: what no server has is set aside there.
      hostKeyFile: join(dirname(parts.folder), 'scripted-host-key.json'),
      log: parts.log,
      report: async (id, state) => {
        // Only a machine that is shown running can report; a scripted one is done before that.
        await poll({
          probe: () =>
            Promise.resolve(cloud?.store.get('server', id)?.state === 'running' ? true : undefined),
          deadline: Deadline.after(30),
          every: 0.02,
          onTimeout: () => new Error('it was never shown running'),
        });
        if (cloud) await metadataSource(cloud).setStateDetail(id, state);
      },
    });
    return {
      driver: new SimulatedMachineDriver(kind === 'scripted' ? guests : undefined),
      machineTypes: Object.keys(serverTypes),
      metadataSocket: () => '',
      metadata: {
        door: { open: () => Promise.resolve(), close: () => Promise.resolve() },
        connect: (connected) => {
          cloud = connected;
        },
      },
    };
  }
  const driver = await openQemuDriver({ ...parts, rescueSystem: buildRescueSystem });
  const metadataSocket = (id: string): string => metadataSocketPath(parts.folder, id);
  return {
    driver,
    machineTypes: machineTypeNames,
    metadataSocket,
    metadata: metadataService(driver, metadataSocket, parts.log),
  };
}

/** One metadata server a machine, from before its start until it is gone. */
function metadataService(
  driver: MachineDriver,
  socketOf: (id: string) => string,
  log: (line: string) => void,
): OpenMachines['metadata'] {
  const open = new Map<string, { close(): Promise<void> }>();
  let cloud: LocalCloud | undefined;
  return {
    connect: (connected) => {
      cloud = connected;
    },
    door: {
      open: async (id) => {
        if (cloud === undefined) throw new Error('metadata asked for before the cloud is there');
        if (open.has(id)) return;
        await mkdir(dirname(socketOf(id)), { recursive: true, mode: 0o700 });
        const service = await serveMetadata({
          id,
          socketPath: socketOf(id),
          source: metadataSource(cloud),
          sourcePort: () => driver.metadataSourcePort(id),
          log,
        });
        open.set(id, service);
      },
      close: async (id) => {
        await open.get(id)?.close();
        open.delete(id);
      },
    },
  };
}
