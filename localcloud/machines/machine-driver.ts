import type { GuestReach } from './network.ts';

/**
 * What the embedded cloud's API asks of its machines. The QEMU driver is the real one; the simulated one exists
 * for scale tests only and says so in its name.
 */

import type { ProcessorStop } from './processor-stop.ts';

/** What a machine is made of; fixed while it runs. */
export interface MachineSpec {
  readonly id: string;
  /** `START1-XS`, `DEV1-S`, ...: see server-types.ts for firmware, memory and cores. */
  readonly serverType: string;
  /** Where the next power-on boots from. */
  readonly bootSource: 'disk' | 'network' | 'rescue';
  /** Raw disk files in order; the first is the boot disk. */
  readonly disks: readonly string[];
  /** Loopback address that stands for the server's public IP, e.g. `127.66.0.7`. */
  readonly address: string;
  readonly macAddress: string;
  /** TCP ports of the guest reachable at `address` (plus the daemon's port offset). */
  readonly ports: readonly number[];
  /** Unix socket on which the daemon serves this machine's metadata (HTTP). */
  readonly metadataSocket: string;
  readonly reach: GuestReach;
  /** For tests: the network card has no cable. */
  readonly unplugged?: boolean;
}

/** One viewer of a serial line. */
export interface SerialViewer {
  /** Calls back with the scroll-back at once, then with live bytes as they come. One listener a viewer. */
  onData(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
  detach(): void;
}

/** How a machine's process ended. */
export interface MachineExit {
  /**
   * `guest`: the guest switched itself off; `cut`: `cutPower` or `stopAll`; `crash`: anything else (QEMU ended by
   * itself, was killed from outside, ran out of memory).
   */
  readonly reason: 'guest' | 'cut' | 'crash';
  /** Exit status; unknown for a machine that was adopted. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** The end of what QEMU wrote to stderr; empty when it was silent. */
  readonly log: string;
}

export interface MachineDriver {
  /** How processors of machines with a BIOS run from their next start: `kvm` only when iPXE answered under it. */
  readonly accelerator: 'kvm' | 'tcg' | 'simulated';
  /** Why that one, one sentence for `bootfleet local status`. */
  readonly acceleratorReason: string;
  /** The same for machines with UEFI; not known before the first of them starts. */
  readonly uefiAccelerator?: { readonly kind: 'kvm' | 'tcg'; readonly reason: string } | undefined;
  /** Starts the machine; resolves once the processor runs. Throws a BF183x error with QEMU's own words. */
  start(spec: MachineSpec): Promise<void>;
  /** Cuts power. Resolves when no process is left. Does nothing if there is none. */
  cutPower(id: string): Promise<void>;
  /** ACPI power button; resolves when sent. */
  pressPowerButton(id: string): Promise<void>;
  /** Reset line: the guest starts again from its firmware, same process. */
  reset(id: string): Promise<void>;
  /** True while its process lives. After a restart of the daemon, machines still running are adopted first. */
  isRunning(id: string): boolean;
  /** Called when a machine's process ends for whatever reason (guest power-off, crash, kill). */
  onExit(listener: (id: string, how: MachineExit) => void): void;
  /** Why the processor of a running machine stands still although nobody asked for that here; `undefined` while it runs. */
  processorStop(id: string): ProcessorStop | undefined;
  /** Called when a running machine's processor stops like that, and (with `undefined`) when it goes on. */
  onProcessor(listener: (id: string, stopped: ProcessorStop | undefined) => void): void;
  /** Attaches to the serial line; works before the first start and across power cycles. Several at once. */
  attachSerial(id: string): SerialViewer;
  /**
   * Source port of the guest's open connection to its metadata address, for the `below 1024` rule. With several open
   * the highest, so that nothing unprivileged passes for privileged; `undefined` without one.
   */
  metadataSourcePort(id: string): Promise<number | undefined>;
  /** Finds machines left by an earlier daemon and connects to them again; returns their ids. */
  adopt(): Promise<readonly string[]>;
  /** Cuts power to all. Resolves when no process is left; their files stay. */
  stopAll(): Promise<void>;
  /** Lets go of all machines without ending them: the daemon ends, they run on and can be adopted by the next. */
  release(): void;
  /** Removes a machine's own files (sockets, logs, scroll-back), not its disks. */
  forget(id: string): Promise<void>;
}
