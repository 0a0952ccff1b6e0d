import { AcceleratorChoice } from '../localcloud/machines/accelerator/choice.ts';
import { wantedAccelerator } from '../localcloud/machines/accelerator/wanted.ts';
import { cacheFolder } from '../scripts/setup/folders.ts';

/**
 * How the processors of a test's or a measurement's own machine run: as the embedded cloud chooses for its machines on
 * this host, with the same kept answer and the same `BOOTFLEET_ACCELERATOR`.
 */
export async function chosenAccelerator(firmware: 'bios' | 'uefi' = 'bios'): Promise<'kvm' | 'tcg'> {
  const choice = new AcceleratorChoice({
    cacheFolder: cacheFolder(),
    wanted: wantedAccelerator(process.env),
  });
  return (await choice.for(firmware)).kind;
}
