/** How long `BootMode` waits for each thing, in seconds. Each ends in an error of its own. */
export interface BootWaits {
  /** Opening the serial console. */
  readonly console: number;
  /** The cloud changing the power state. */
  readonly power: number;
  /** From power-on to iPXE's prompt. */
  readonly prompt: number;
  /** For an address by DHCP, all attempts together. */
  readonly dhcp: number;
  /** From the typed URL to the writer's first line: script, kernel and ramdisk are fetched. */
  readonly script: number;
  /** Between two signs of the writer's progress. */
  readonly stall: number;
  /** The writer as a whole. */
  readonly write: number;
  /** From power-on to a machine that answers over SSH. */
  readonly boot: number;
  /** From answering over SSH to the metadata state. */
  readonly metadata: number;
  /** After SSH answers, for the host key's line on the console. */
  readonly hostKeyLine: number;
  /** One look over SSH when nothing is expected to be booting (refresh, status). */
  readonly look: number;
}

/**
 * Defaults: several machines at once on two cores without hardware virtualisation, where one boots in about 30 s;
 * real servers take 60 to 120 s in their firmware.
 */
export const defaultWaits: BootWaits = {
  console: 30,
  power: 180,
  prompt: 240,
  dhcp: 180,
  script: 300,
  stall: 180,
  write: 3600,
  boot: 420,
  metadata: 120,
  hostKeyLine: 15,
  look: 15,
};

/** The waits with what the user gave. */
export function withDefaults(given: Partial<BootWaits> | undefined): BootWaits {
  return { ...defaultWaits, ...given };
}
