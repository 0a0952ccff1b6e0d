import type { CloudRef, PowerState } from '../../clouds/cloud.ts';
import type { BootWaits } from './waits.ts';

/** The ways to bring a server to run from its own disk. Only the first is in this version. */
export const bootModes = ['ipxe-console', 'ipxe-script', 'rescue', 'image', 'ipxe-disk'] as const;
export type BootModeName = (typeof bootModes)[number];

/** The image that a first installation writes. All facts are of the unpacked image. */
export interface BootImage {
  /** Name of the image artifact; part of the install id. Example: `edge`. */
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** What `/resflash/BUILD` must say after installation; absent when unknown (empty in states of earlier versions). */
  readonly build?: string | undefined;
}

/** How to log in to a machine. */
export interface SshLogin {
  /** Example: `root`. */
  readonly user: string;
  /** Private key; absolute, or relative to the project's folder. */
  readonly keyFile: string;
  /** Default: 22. */
  readonly port?: number;
}

/** Arguments of `BootMode` once their values are known. */
export interface BootInputs {
  readonly cloud: CloudRef;
  /** The cloud's id of the server. */
  readonly server: string;
  readonly machine: string;
  readonly mode: BootModeName;
  readonly scriptUrl: string;
  readonly blankDiskScriptUrl?: string | undefined;
  readonly image: BootImage;
  readonly diskBytes?: number | undefined;
  readonly ssh: SshLogin;
  readonly reinstall?: string | undefined;
  readonly waits?: Partial<BootWaits> | undefined;
  readonly metadataState?: string | undefined;
  readonly resourceUrn: string;
}

/** How a host key became known: on the serial console, which the network cannot touch, or at the first login. */
export type HostKeySource = 'console' | 'first-contact';

/** What is known of a machine after it was looked at; the outputs of `BootMode`. */
export interface BootFacts {
  /** Public address. */
  readonly address: string;
  /** Port of its SSH server as reached from here. */
  readonly sshPort: number;
  /** Example: `ssh-ed25519 AAAA...`. */
  readonly hostKey: string;
  readonly hostKeySource: HostKeySource;
  /** From `/resflash/BUILD`; empty when there is none. */
  readonly build: string;
  /** Letter of the slot it runs from, and of the one it boots next; empty when the image has no slots. */
  readonly slot: string;
  readonly nextSlot: string;
  readonly power: PowerState;
  /** The cloud's free text, `booted` once the machine said so. */
  readonly state: string;
  /** Whether it answered over SSH when it was last looked at; `build`, `slot` and `nextSlot` are empty when not. */
  readonly reachable: boolean;
  /** ISO time from which on no look has seen what it runs; absent when the last one did. */
  readonly unseenSince?: string | undefined;
  /** Which installation is on its disk; see `installId`. */
  readonly install: string;
  /** See installed-build.ts; absent in states of earlier versions. */
  readonly installedBuild?: string | undefined;
  /** ISO time. */
  readonly installedAt: string;
  /** Transcript of the last console dialogue, relative to the project's folder; empty when there was none. */
  readonly transcript: string;
}

/** What is stored: inputs and facts. */
export type BootState = BootInputs & BootFacts;
