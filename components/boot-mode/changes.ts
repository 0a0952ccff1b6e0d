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
  const losesData = olds.install !== installId(news.image.name, news.reinstall);
  const { replaced, ...result } = machineChanges(olds, news, harmless, reasonOf(olds, news, losesData));
  return { ...result, losesData: !replaced && losesData };
}

function reasonOf(olds: BootState, news: BootInputs, losesData: boolean): string | undefined {
  if (losesData)
    return `its disk will be written with image ${news.image.name}: ALL DATA on ${news.machine} WILL BE LOST`;
  if (olds.power !== 'running') return `it is ${olds.power}: it will be powered on, its disk is not written`;
  if (olds.reachable) return undefined;
  return 'it did not answer over SSH: it will be looked at and, if need be, booted again; its disk is not written';
}
