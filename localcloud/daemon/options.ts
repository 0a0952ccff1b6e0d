/**
 * What its machines are: real ones; `simulated` ones that boot nothing and say nothing, for tests of the API; `scripted`
 * ones that boot nothing either, but whose consoles and SSH ports play a boot, for tests of scale.
 */
export const machineKinds = ['qemu', 'simulated', 'scripted'] as const;
export type MachineKind = (typeof machineKinds)[number];

export const guestNetworkKinds = ['closed', 'open'] as const;
export type GuestNetworkKind = (typeof guestNetworkKinds)[number];

/** How a daemon is started. */
export interface DaemonOptions {
  /** Port of the API; `undefined`: the last one, or any free one at the first start. */
  readonly port: number | undefined;
  readonly machines: MachineKind;
  /** Whether object storage runs too. Only tests of scale do without. */
  readonly storage: boolean;
  /**
   * What machines reach: `closed` (the default) the object storage only, `open` also the internet and whatever listens on
   * this machine's loopback, this cloud's API among it.
   */
  readonly network?: GuestNetworkKind;
  /** Stop, machines and all, when the process that started it ends in whatever way. Default: it lives on. */
  readonly tied?: boolean;
  /** Whether a process watches over it and starts it again. Default: unless it is tied. */
  readonly watched?: boolean;
}
