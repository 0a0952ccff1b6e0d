import type { AddressPool } from '../addresses/address-pool.ts';
import type { Faults } from '../faults/faults.ts';
import type { Store } from '../store/store.ts';
import type { Disks } from './disks.ts';
import type { MachineControl } from './machine-control.ts';
import type { Phase } from './machine-jobs.ts';

/** Who the embedded cloud's only user is. */
export interface Identity {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly organizationId: string;
}

/** Everything that the API's handlers work with. */
export interface LocalCloud {
  readonly identity: Identity;
  readonly store: Store;
  readonly disks: Disks;
  readonly machines: MachineControl;
  readonly addresses: AddressPool;
  readonly faults: Faults;
  readonly pace: (id: string, phase: Phase) => Promise<void>;
  readonly log: (line: string) => void;
  /** Names of the server types that can be started. */
  readonly machineTypes: readonly string[];
  /** What `bootfleet local status` shows besides the servers. */
  readonly about: () => Readonly<Record<string, unknown>>;
  /** Cuts open consoles of a server, or of all, without a close frame. Returns how many. */
  dropConsoles(serverId?: string): number;
}
