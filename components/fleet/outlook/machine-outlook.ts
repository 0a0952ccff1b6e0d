import { installationChange } from '../../boot-mode/changes.ts';
import { hardwareChange, type Hardware } from './hardware.ts';
import type { KnownMachine } from './known-machine.ts';

/** What a fleet wants of one machine. */
export interface WantedMachine {
  readonly name: string;
  readonly hardware: Hardware;
  /** The image on its disk; absent for one that boots from the network. */
  readonly image?: string | undefined;
  /** As in the fleet file. */
  readonly reinstall?: string | undefined;
}

/** What becomes of a machine and its disk, whatever a rollout does to it afterwards. */
export interface MachineOutlook {
  /**
   * - `install`: it is made, or its disk is written for the first time;
   * - `replace`: server and disk are made anew; `rewrite`: the disk is written again; `remove`: both go;
   * - `boot`: it is looked at and, if need be, booted, its disk stays as it is; `keep`: nothing.
   */
  readonly fate: 'install' | 'replace' | 'rewrite' | 'remove' | 'boot' | 'keep';
  readonly losesData: boolean;
  /** For a person, to stand behind the machine's name; empty when there is nothing to say. */
  readonly why: string;
}

/**
 * What the next `pulumi up` does to a machine, from what the state knows of it and what the fleet wants of it. Pure. The
 * one place that decides it for `bootfleet plan` and for what the program announces; resources decide by the same parts
 * (`hardwareChange`, `installationChange`).
 *
 * @param known undefined when the state has no such machine.
 * @param wanted undefined when the fleet has none any more.
 */
export function outlookOf(
  known: KnownMachine | undefined,
  wanted: WantedMachine | undefined,
): MachineOutlook {
  if (known === undefined) return { fate: 'install', losesData: false, why: '' };
  const { name } = known;
  const lost = `ALL DATA on ${name} WILL BE LOST`;
  if (wanted === undefined)
    return { fate: 'remove', losesData: true, why: `it is REMOVED with its disk: ${lost}` };
  const { fate, what } = known.hardware
    ? hardwareChange(known.hardware, wanted.hardware)
    : { fate: 'same', what: '' };
  if (fate === 'replaced')
    return { fate: 'replace', losesData: true, why: `it is REPLACED (${what}) and loses its data: ${lost}` };
  const changed = fate === 'changed' ? `it keeps its disk (${what})` : '';
  const { image, reinstall } = wanted;
  if (image === undefined) {
    const why = known.boot ? 'it boots from the network from now on, its disk is not written' : changed;
    return { fate: known.boot || changed !== '' ? 'boot' : 'keep', losesData: false, why };
  }
  if (!known.boot) {
    const why = `its disk is written, unless image ${image} was installed on it before: what else it holds IS LOST`;
    return { fate: 'install', losesData: known.fromNetwork, why: known.fromNetwork ? why : '' };
  }
  const { losesData, reason } = installationChange(known.boot, { machine: name, image, reinstall });
  if (losesData) return { fate: 'rewrite', losesData, why: reason ?? '' };
  const why = [changed, reason ?? ''].filter((part) => part !== '').join('; ');
  return { fate: why === '' ? 'keep' : 'boot', losesData: false, why };
}
