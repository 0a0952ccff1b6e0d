/** What a server type of the embedded cloud is made of. */
export interface MachineType {
  /** `bios`: SeaBIOS with iPXE as the network card's ROM; `uefi`: OVMF with iPXE as the card's UEFI driver. */
  readonly firmware: 'bios' | 'uefi';
  /** Virtual processors. */
  readonly cores: number;
  /** Memory in MiB. Far less than the real type's, so that a fleet fits on a laptop. */
  readonly memory: number;
}

/**
 * START1-XS is the old type with a BIOS and iPXE on the serial console; DEV1-S and everything newer boots by UEFI.
 * The memory holds a kernel and a writer's ramdisk of 30 MB twice over (packed, unpacked).
 */
const types: Readonly<Record<string, MachineType>> = {
  'START1-XS': { firmware: 'bios', cores: 1, memory: 512 },
  'DEV1-S': { firmware: 'uefi', cores: 2, memory: 768 },
};

/** Names of all types that can be started. */
export const machineTypeNames: readonly string[] = Object.keys(types);

/** The type of this name (`START1-XS`), or `undefined`. */
export function machineType(name: string): MachineType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}
