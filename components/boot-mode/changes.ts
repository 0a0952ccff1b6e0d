import type { BootInputs, BootState } from './args.ts';
import { machineChanges, type MachineChanges } from './machine-changes.ts';
import { installId } from './note.ts';

/** See `MachineChanges`. */
export interface Changes extends Omit<MachineChanges, 'replaced'> {
  /** The disk will be written. */
  readonly losesData: boolean;
}

/** Arguments whose change is taken over without touching the machine. */
const harmless = ['machine', 'mode', 'ssh', 'waits', 'metadataState'] as const;

/**
 * Compares state and arguments. Pure.
 *
 * Not a change: another image digest, build, size, or script. A new image never reinstalls a machine; only another
 * image name or another `reinstall` does.
 */
export function changesOf(olds: BootState, news: BootInputs): Changes {
  const { image, reinstall, machine } = news;
  const { losesData, reason } = installationChange(olds, { machine, image: image.name, reinstall });
  const { replaced, ...result } = machineChanges(olds, news, harmless, reason);
  return { ...result, losesData: !replaced && losesData };
}

/** What is done to a machine that stays the same server, and why; without a reason nothing is. Pure. */
export function installationChange(
  olds: Pick<BootState, 'install' | 'power' | 'reachable'>,
  { machine, image, reinstall }: { machine: string; image: string; reinstall?: string | undefined },
): { readonly losesData: boolean; readonly reason: string | undefined } {
  if (olds.install !== installId(image, reinstall)) {
    const reason = `its disk will be written with image ${image}: ALL DATA on ${machine} WILL BE LOST`;
    return { losesData: true, reason };
  }
  return { losesData: false, reason: bootReason(olds) };
}

function bootReason({ power, reachable }: Pick<BootState, 'power' | 'reachable'>): string | undefined {
  if (power !== 'running') return `it is ${power}: it will be powered on, its disk is not written`;
  if (reachable) return undefined;
  return 'it did not answer over SSH: it will be looked at and, if need be, booted again; its disk is not written';
}
