import type { Deadline } from '../waiting/deadline.ts';
import type { RemoteSession } from './session.ts';

/** What a machine says that it runs. Empty where it says nothing: not every image has slots or a build file. */
export interface RunningSystem {
  /** Name of the build; see `buildOf`. */
  readonly build: string;
  /** Letter of the slot mounted as `/`. Example: `d`. */
  readonly slot: string;
  /** Letter of the slot that boot.conf names for the next boot. */
  readonly nextSlot: string;
}

/**
 * Prints mounts, build file and boot.conf, separated by lines of `--`. resflash keeps /mbr unmounted; it is mounted
 * read-only for the moment of reading, and left alone while an upgrade works on it.
 */
const script = `mount
echo --
cat /resflash/BUILD 2>/dev/null
echo --
if [ -r /mbr/etc/boot.conf ]; then cat /mbr/etc/boot.conf
elif ! ps ax 2>/dev/null | grep -q '[/]resflash/upgrade.sh' && mount -r /mbr 2>/dev/null; then
  cat /mbr/etc/boot.conf 2>/dev/null
  umount /mbr
fi
:`;

/**
 * Asks a machine what it runs, with nothing but a POSIX shell on it.
 *
 * @throws BF1604 to BF1606.
 */
export async function readRunningSystem(session: RemoteSession, deadline: Deadline): Promise<RunningSystem> {
  const { stdout } = await session.run(['sh', '-c', script], { deadline, largest: 64 * 1024 });
  return parseRunningSystem(stdout);
}

/** Reads what the script printed. Pure. */
export function parseRunningSystem(text: string): RunningSystem {
  const [mounts = '', build = '', bootConf = ''] = text.replaceAll('\r', '').split(/^--\n/m);
  return {
    build: buildOf(build),
    // `/dev/sd0d on / type ffs (local, read-only)`: only a name that ends in a partition letter is a slot.
    slot: /^\S*?[a-z]+\d+([a-p]) on \/ /m.exec(mounts)?.[1] ?? '',
    nextSlot: /^\s*set\s+device\s+hd0([a-p])\s*$/m.exec(bootConf)?.[1] ?? '',
  };
}

/**
 * The name of the build in a /resflash/BUILD. resflash's own `version:` is the version of resflash and the same in
 * many builds, so that the date counts where there is one, in the form in which resflash names its files.
 *
 * @example buildOf('version: 6.8.2\nbuild date: 20261121_0900\n') // '20261121_0900'
 * @example buildOf('version: 7\n') // '7'
 */
export function buildOf(text: string): string {
  const field = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*?)[ \\t\\r]*$`, 'm').exec(text)?.[1] ?? '';
  const date = field('build date');
  if (/^\d{8}_\d{4}$/.test(date)) return date;
  // As date(1) prints it, in UTC.
  const time = /\b(UTC|GMT)\b/.test(date)
    ? Date.parse(date.replace(/^\w{3} (\w{3} +\d+ [\d:]+) (?:UTC|GMT) (\d{4})$/, '$1 $2 UTC'))
    : NaN;
  if (Number.isNaN(time)) return field('version');
  return new Date(time).toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+).*$/, '$1$2$3_$4$5');
}
