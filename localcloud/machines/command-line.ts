import type { UefiFirmware } from './firmware.ts';
import type { MachineFiles } from './machine-files.ts';
import type { MachineSpec } from './machine-driver.ts';
import type { MachineType } from './server-types.ts';
import { userNetwork } from './network.ts';
import { optionValue } from './quoting.ts';

/** A kernel and ramdisk that `rescue` boots. */
export interface RescueSystem {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
}

/** Everything that the command line depends on. */
export interface CommandLineParts {
  readonly spec: MachineSpec;
  readonly type: MachineType;
  readonly files: MachineFiles;
  readonly accelerator: 'kvm' | 'tcg';
  readonly portOffset: number;
  /** Needed for types with UEFI. */
  readonly uefi?: UefiFirmware;
  /** Needed for the boot source `rescue`. */
  readonly rescue?: RescueSystem;
}

/** Milliseconds after which firmware that found nothing on the network starts again, as a PXE server expects. */
const networkRetry = 5000;

/**
 * QEMU's arguments for one machine. The processor is stopped at first (`-S`), so that the serial line is watched
 * before the first character.
 *
 * Disks: raw and sparse; a guest's discards and blocks of zeros become holes. The cache mode is QEMU's `writeback`:
 * a guest's flush reaches the host's disk before it is acknowledged, so it survives whatever happens; anything else
 * may be lost. Cutting power kills QEMU at once (never QMP's `quit`, which would finish and flush what is under way).
 * What QEMU had handed to the host's page cache by then survives although it was never flushed, so a cut of power
 * here is milder than a real disk's: requests under way are torn, but an acknowledged unflushed write is not lost.
 */
export function qemuArguments(parts: CommandLineParts): string[] {
  const { spec, type, files } = parts;
  return [
    ...['-name', `guest=${optionValue(spec.id)}`],
    ...(isUuid(spec.id) ? ['-uuid', spec.id] : []),
    // Without a screen SeaBIOS, iPXE and OVMF all talk on the serial line.
    ...['-machine', type.firmware === 'bios' ? 'pc,graphics=off' : 'q35,graphics=off'],
    ...['-accel', parts.accelerator === 'kvm' ? 'kvm' : 'tcg,tb-size=256'],
    ...['-cpu', processorModel(parts.accelerator), '-smp', String(type.cores), '-m', `${type.memory}M`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-S', '-pidfile', files.pidFile],
    ...['-boot', bootOptions(spec)],
    ...firmwareArguments(parts),
    ...['-chardev', `socket,id=monitor,path=${optionValue(files.monitorSocket)},server=on,wait=off`],
    ...['-mon', 'chardev=monitor,mode=control'],
    ...['-chardev', serialLine(files), '-serial', 'chardev:serial0'],
    ...['-netdev', userNetwork(spec, parts.portOffset), '-device', networkCard(spec)],
    ...spec.disks.flatMap((disk, position) => diskArguments(disk, position, spec)),
    ...['-device', 'virtio-rng-pci'],
    ...rescueArguments(parts),
  ];
}

/**
 * The guests' processor: all features but five-level page tables. Where it is emulated, also without the promise of
 * fast string moves (`erms`, `fsrm`): a kernel that believes it copies byte by byte, which takes the emulator three
 * times as long as copying words.
 */
export function processorModel(accelerator: CommandLineParts['accelerator']): string {
  return accelerator === 'kvm' ? 'max,la57=off' : 'max,la57=off,erms=off,fsrm=off';
}

/** `strict` keeps firmware from trying anything that has no boot index: the network never falls to the disk. */
function bootOptions(spec: MachineSpec): string {
  return spec.bootSource === 'network' ? `strict=on,reboot-timeout=${networkRetry}` : 'strict=on';
}

function firmwareArguments({ type, uefi, files }: CommandLineParts): string[] {
  if (type.firmware === 'bios') return [];
  if (uefi === undefined) throw new Error('a UEFI machine without UEFI firmware');
  return [
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${optionValue(uefi.code)}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${optionValue(files.firmwareVariables)}`],
  ];
}

function serialLine(files: MachineFiles): string {
  return (
    `socket,id=serial0,path=${optionValue(files.serialSocket)},server=on,wait=off,` +
    `logfile=${optionValue(files.serialLog)},logappend=on`
  );
}

/**
 * The card's ROM is iPXE, for BIOS and UEFI in one file; without it (disk, rescue) nothing waits for Ctrl-B. It must be
 * the card's default ROM: QEMU gives only that the card's PCI ids, without which SeaBIOS passes it over.
 */
function networkCard(spec: MachineSpec): string {
  const cable = spec.unplugged ? '' : 'netdev=net0,';
  const card = `virtio-net-pci,${cable}mac=${spec.macAddress}`;
  return spec.bootSource === 'network' ? `${card},bootindex=1` : `${card},romfile=`;
}

function diskArguments(path: string, position: number, spec: MachineSpec): string[] {
  const node = `disk${position}`;
  const backend = {
    driver: 'raw',
    'node-name': node,
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename: path, discard: 'unmap', aio: 'threads' },
  };
  const index = spec.bootSource === 'disk' ? `,bootindex=${position + 1}` : '';
  return [
    ...['-blockdev', JSON.stringify(backend)],
    ...['-device', `virtio-blk-pci,drive=${node},discard=on,write-cache=on${index}`],
  ];
}

function rescueArguments({ spec, rescue }: CommandLineParts): string[] {
  if (spec.bootSource !== 'rescue') return [];
  if (rescue === undefined) throw new Error('rescue without a rescue system');
  return ['-kernel', rescue.kernel, '-initrd', rescue.initrd, '-append', rescue.commandLine];
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
