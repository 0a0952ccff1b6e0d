import type { ConsoleTransport } from '../console/transport.ts';
import type { Deadline } from '../waiting/deadline.ts';

/**
 * Which cloud, and where in it. Plain data: it travels through Pulumi's inputs and state, so it never holds a
 * credential. Credentials are found when a connection is made (`connectCloud`): from the environment
 * (`SCW_ACCESS_KEY`, `SCW_SECRET_KEY`, `SCW_DEFAULT_PROJECT_ID`) or, for `endpoint: 'local'`, from the embedded
 * cloud's endpoints file.
 */
export interface CloudRef {
  readonly kind: 'scaleway';
  /** Example: `fr-par-1`. */
  readonly zone: string;
  /** `local` for the embedded cloud, a URL for another endpoint, absent for the real one. */
  readonly endpoint?: string;
}

/** Where a machine's first stage comes from at its next boot. */
export type BootSource = 'disk' | 'network' | 'rescue';

/** Power as bootfleet needs to know it; the clouds' own words are mapped to these. */
export type PowerState = 'off' | 'starting' | 'running' | 'stopping';

/** Where a machine's own services are reached from here. */
export interface MachineAddress {
  readonly host: string;
  /** Added to a service's port (22, 80). 0 on real clouds and for root; the embedded cloud says otherwise when ports below 1024 are not allowed. */
  readonly portOffset: number;
}

/** What the cloud says about one machine now. */
export interface MachineView {
  readonly id: string;
  readonly name: string;
  readonly power: PowerState;
  readonly bootSource: BootSource;
  /** The cloud's free text; the machine itself sets it to `booted` through its metadata. */
  readonly stateDetail: string;
  /** Why its host stopped its processor, of a machine that is on and stands still; a power cycle starts it anew. */
  readonly stoppedByHost?: string;
  readonly address: MachineAddress | undefined;
  readonly tags: readonly string[];
}

/** Everything that bootfleet needs from a cloud to boot a machine. One implementation a cloud, in a folder of its own. */
export interface Cloud {
  readonly ref: CloudRef;
  /** The machine as it is, or `undefined` when there is none with this id. */
  observe(id: string): Promise<MachineView | undefined>;
  /** All machines that carry the tag. */
  list(tag?: string): Promise<readonly MachineView[]>;
  /** Takes effect at the next power-on. The machine must be off where the cloud demands it (Scaleway does). */
  setBootSource(id: string, source: BootSource): Promise<void>;
  /** Resolves when the machine is `running`. Does nothing if it is. */
  powerOn(id: string, deadline: Deadline): Promise<void>;
  /** Cuts power; resolves when the machine is `off`. Does nothing if it is. */
  powerOff(id: string, deadline: Deadline): Promise<void>;
  /** Power off and on again. */
  hardReboot(id: string, deadline: Deadline): Promise<void>;
  /** A note kept with the machine by the cloud (Scaleway: user data). It survives the machine's disk. */
  readNote(id: string, key: string): Promise<string | undefined>;
  writeNote(id: string, key: string, value: string): Promise<void>;
  /** Opens the serial console; works in every power state, so that no byte of a boot is missed. */
  openConsole(id: string, deadline: Deadline): Promise<ConsoleTransport>;
}
