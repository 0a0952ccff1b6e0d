import type { CloudRef, PowerState } from '../../clouds/cloud.ts';
import type { HostKeySource, SshLogin } from '../boot-mode/args.ts';
import type { BootWaits } from '../boot-mode/waits.ts';

/** What shows that a machine that was booted from the network is up. There is no disk whose build could be asked. */
export type BootProof =
  /** Its console shows this within one line. The only proof that cannot be asked again later. */
  | { readonly kind: 'console'; /** A regular expression. Example: `login: `. */ readonly pattern: string }
  /** It tells its cloud this state. */
  | { readonly kind: 'metadata'; /** Example: `booted`. */ readonly state: string }
  /** It answers over SSH, and the command, if there is one, ends with status 0. */
  | {
      readonly kind: 'ssh';
      /** Words of a command; no shell is between. Example: `['test', '-e', '/run/ready']`. */
      readonly command?: readonly string[] | undefined;
    };

/** Arguments of `NetworkBoot` once their values are known. */
export interface NetworkBootInputs {
  readonly cloud: CloudRef;
  /** The cloud's id of the server. */
  readonly server: string;
  readonly machine: string;
  readonly mode: 'ipxe-console';
  readonly scriptUrl: string;
  readonly proof: BootProof;
  /** Seconds from the loaded script to its proof. */
  readonly within: number;
  readonly ssh?: SshLogin | undefined;
  readonly restart?: string | undefined;
  readonly waits?: Partial<BootWaits> | undefined;
  readonly resourceUrn: string;
}

/** What is known of a machine after it was looked at; the outputs of `NetworkBoot`. */
export interface NetworkBootFacts {
  /** Public address; empty when it has none. */
  readonly address: string;
  /** Port of its SSH server as reached from here, should it have one. */
  readonly sshPort: number;
  /** Empty unless SSH is the proof. */
  readonly hostKey: string;
  readonly hostKeySource: HostKeySource;
  readonly power: PowerState;
  /** The cloud's free text. */
  readonly state: string;
  /** Whether it was as it should be when it was last looked at. */
  readonly proven: boolean;
  /** What was booted; see `bootId`. */
  readonly boot: string;
  /** ISO time. */
  readonly bootedAt: string;
  /** Transcript of the last console dialogue, relative to the project's folder; empty when there was none. */
  readonly transcript: string;
}

/** What is stored: inputs and facts. */
export type NetworkBootState = NetworkBootInputs & NetworkBootFacts;
