import { otherArchitecture, otherFamily } from '../../../errors/rollout.ts';
import type { BootfleetError } from '../../../errors/error.ts';
import { architectureNamed } from '../../../formats/architecture.ts';
import { isOfFamily } from '../../image-artifact/size-family.ts';

/** What is known of a slot image that matters for where it fits. */
export interface ImageShape {
  readonly bytes: number;
  /** Absent when unknown. */
  readonly architecture?: string | undefined;
}

/** What is known of a machine; absent parts are unknown. */
export interface MachineShape {
  /** As `uname -m` says. */
  readonly architecture?: string | undefined;
  /** Bytes of the slot that would be written. */
  readonly slotBytes?: number | undefined;
}

/** Why an image must not be written to a machine. */
export interface Misfit {
  readonly reason: 'architecture' | 'family';
  /** Example: `the image is for i386, the machine is amd64`. */
  readonly detail: string;
}

/** How an image and a machine go together: what is known was compared, what is not is named. */
export interface Fit {
  readonly misfit?: Misfit | undefined;
  /** What could not be compared. Example: `['architecture of the image']`. */
  readonly unknown: readonly string[];
}

/** Compares what is known. Pure. Nothing unknown is taken for equal: it is in `unknown`. */
export function fitOf(image: ImageShape, { architecture, slotBytes }: MachineShape): Fit {
  const wanted = architectureNamed(image.architecture ?? '');
  const found = architectureNamed(architecture ?? '');
  const unknown = [
    wanted === '' ? 'architecture of the image' : '',
    found === '' ? 'architecture of the machine' : '',
    slotBytes === undefined ? 'slot size of the machine' : '',
  ].filter((part) => part !== '');
  if (wanted !== '' && found !== '' && wanted !== found) {
    const detail = `the image is for ${wanted}, the machine is ${found}`;
    return { misfit: { reason: 'architecture', detail }, unknown };
  }
  if (slotBytes !== undefined && !isOfFamily(image.bytes, slotBytes)) {
    const detail = `the image has ${image.bytes} bytes, its slots ${slotBytes}: another size family`;
    return { misfit: { reason: 'family', detail }, unknown };
  }
  return { unknown };
}

/** The error for a misfit. */
export function misfitError(machine: string, { reason, detail }: Misfit): BootfleetError {
  return (reason === 'architecture' ? otherArchitecture : otherFamily)({ machine, detail });
}

/** A misfit in one line beside a machine's name. Example: `BF1708: the image is for i386, the machine is amd64`. */
export function describeMisfit(misfit: Misfit): string {
  return `${misfitError('', misfit).code}: ${misfit.detail}`;
}
