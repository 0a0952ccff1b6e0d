import { acceleratorUnknown } from '../../../errors/localcloud.ts';
import { setting, type Environment } from '../../../contracts/environment.ts';

/** What may be asked for: `auto` lets a probe decide. */
export const acceleratorChoices = ['auto', 'kvm', 'tcg'] as const;
export type WantedAccelerator = (typeof acceleratorChoices)[number];

/** What `BOOTFLEET_ACCELERATOR` asks for; default `auto`. @throws BF1808 for another word */
export function wantedAccelerator(env: Environment): WantedAccelerator {
  const value = setting(env, 'BOOTFLEET_ACCELERATOR') ?? 'auto';
  const known = acceleratorChoices.find((choice) => choice === value);
  if (known === undefined) throw acceleratorUnknown({ value, known: acceleratorChoices.join(', ') });
  return known;
}
