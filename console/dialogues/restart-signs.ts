import { machineRestarted } from '../../errors/console.ts';
import type { ConsoleSession, Expected } from '../session.ts';
import { banner } from './ipxe/patterns.ts';

/**
 * What firmware and boot loaders say when a machine starts, and at no other time: behind a typed command they tell that
 * it reset the machine, although a prompt comes again (OpenBSD's loader does so for `ls` on a file system that is not
 * there). Waiting for one ends with BF1314.
 *
 * @param command the typed one, for the message.
 */
export function restartSigns(session: ConsoleSession, command: string): Expected[] {
  const failure = ({ text: sign }: { readonly text: string }): Error =>
    machineRestarted({ machine: session.machine, command, sign: sign.trim(), screen: session.screen() });
  return signs.map((sign) => ({ ...sign, failure }));
}

export const signs: readonly Expected[] = [
  { name: 'SeaBIOS', match: 'SeaBIOS (version' },
  { name: 'UEFI', match: /BdsDxe: (?:loading|starting) /, reach: 17 },
  { name: 'iPXE', match: 'iPXE initialising devices' },
  { name: 'iPXE banner', match: banner.match, reach: banner.reach ?? 0 },
  {
    name: 'OpenBSD loader',
    match: />> ?OpenBSD\/\w{1,16} (?:BOOT|PXEBOOT|CDBOOT|EFIBOOT|BOOT[A-Z0-9]{1,8}) /,
    reach: 60,
  },
  { name: 'Linux', match: /Linux version \d/, reach: 15 },
];
