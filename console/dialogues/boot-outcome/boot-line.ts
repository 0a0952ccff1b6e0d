import { parseGuestLine, type GuestLine } from './guest-lines.ts';

/**
 * What a line of a booting machine shows about how its boot goes.
 *
 * - `crash`: a kernel is gone. `stopped`: what was booted waits for a person. `no-system`: nothing is booted.
 * - `suspect`: the same, if nothing follows for `patience` seconds. A program may print `panic:` too, and a passphrase may come
 *   over the network.
 * - `cleared`: the line before was a program's. `gone-down`: only a machine that stopped or starts anew says this.
 */
export type BootLine =
  | GuestLine
  | { readonly kind: 'login' }
  | { readonly kind: 'crash' | 'stopped' | 'no-system'; readonly what: string }
  | { readonly kind: 'suspect'; readonly means: Failure; readonly what: string; readonly patience: number }
  | { readonly kind: 'cleared' | 'gone-down' };

/** How a boot fails. */
export type Failure = 'crash' | 'stopped' | 'no-system';

type Sign = readonly [RegExp, string];

const crashes: readonly Sign[] = [
  [/Kernel panic - not syncing/, 'the Linux kernel panicked'],
  [/^ddb(?:\{\d+\})?>/, 'the OpenBSD kernel stopped in its debugger (ddb)'],
  [/^db(?:\{\d+\})?>/, 'the kernel stopped in its debugger (db)'],
  [/^Fatal trap \d+: /, 'the FreeBSD kernel trapped'],
];

const stops: readonly Sign[] = [
  [
    /^(?:\(initramfs\)|BusyBox .* built-in shell|initramfs emergency recovery shell)/,
    'Linux did not find its root file system and stopped in a shell',
  ],
  [/^dracut:\/#|^Entering emergency mode\./, 'Linux stopped in the shell of its initial RAM disk (dracut)'],
  [
    /^(?:You are in|Welcome to) (?:emergency|rescue) mode|^Cannot open access to console, the root account is locked/,
    'systemd stopped in its emergency mode',
  ],
  [/^(?:Give root password for maintenance|Press Enter for maintenance)/, 'Linux waits for maintenance'],
  [/^Enter (?:full )?pathname of shell or RETURN for/, 'the system stopped in single-user mode'],
  [/^root device(?: \(default \w+\))?:/, 'the kernel does not find its root device and asks for it'],
  [/^mountroot>/, 'the FreeBSD kernel does not find its root file system and asks for it'],
  [/^(?:The operating system has halted|(?:reboot: )?System halted)/, 'the system has halted'],
];

const nothing: readonly Sign[] = [
  [
    /No bootable (?:device|option|medium)|Operating System not found|Operating system load error/i,
    'the firmware found nothing to boot',
  ],
  [/Reboot and Select proper Boot device|^Non-System disk/i, 'the firmware found nothing to boot'],
  [/^(?:Missing operating system|No O\/S)/, 'the disk holds nothing that boots'],
  [/^(?:ERR [MR]|Bad magic|No active partition)/, 'the disk holds no OpenBSD that boots'],
  // The OpenBSD loader has tried everything and waits at its prompt; the stand-in says the second.
  [/^turning timeout off|will try again at the prompt/, 'the boot loader found no system in that slot'],
  [/^Unable to load a kernel!/, "FreeBSD's boot loader found no kernel"],
  [/^No DEFAULT or UI configuration directive found/, 'the boot loader (SYSLINUX) found no configuration'],
  [/^iPXE>/, 'iPXE came up instead of the disk'],
  [/^grub rescue>/, 'GRUB stopped in its rescue shell'],
  [/^grub>/, 'GRUB stopped in its shell'],
  [/^(?:UEFI Interactive Shell|Shell>)/, 'the firmware came up in its own shell instead of the disk'],
];

/** Systems say nothing for half a minute while they link their kernel. */
const minute = 60;

const suspects: readonly (readonly [RegExp, Failure, string, number])[] = [
  // OpenBSD, NetBSD and FreeBSD say it so, and so does every program that is written in Go.
  [/^panic: /, 'crash', 'the kernel panicked', minute],
  // It may be answered over the network (clevis, an SSH server in the initial RAM disk), which has to come up for that.
  [
    /^(?:\S+ )?(?:Please )?(?:enter|unlock) (?:the )?(?:passphrase|disk)\b.*:|^Passphrase:/i,
    'stopped',
    'it waits for the passphrase of its disk',
    3 * minute,
  ],
  // GRUB says it of disks that it merely tries, iPXE before the firmware goes on to the disk.
  [/^error: no such (?:device|partition)/, 'no-system', 'GRUB did not find its disk', minute],
  [/^No more network devices/, 'no-system', 'iPXE found nothing to boot from the network', minute],
  // SeaBIOS goes on to the next device.
  [/^Boot failed: /, 'no-system', 'the disk holds nothing that boots', minute],
];

/** Stack traces of Go. */
const cleared = /^goroutine \d+ \[|^\[signal SIG/;

const goneDown = new RegExp(
  [
    // What kernels say behind their panic.
    'Stopped at\\s',
    'Starting stack trace',
    'KDB: ',
    'syncing disks',
    'dump(?:ing)? to dev',
    'rebooting\\.\\.\\.',
    'Automatic reboot in \\d',
    // What a machine says first.
    'SeaBIOS \\(version',
    'BdsDxe: (?:loading|starting) ',
    'iPXE initialising devices',
    'Booting from ',
    '>> ?\\w+/\\w+ (?:CD|PXE)?BOOT ',
    'Linux version \\d',
  ]
    .map((text) => `^${text}`)
    .join('|'),
);

/**
 * Reads one line, also one that is not ended yet (prompts). `undefined` for a line that decides nothing.
 * Kernel time stamps (`[    1.234567] `) do not matter.
 */
export function parseBootLine(line: string): BootLine | undefined {
  const guest = parseGuestLine(line);
  if (guest) return guest;
  const text = line.replace(/^\[\s*\d+\.\d+\] /, '');
  for (const [pattern, what] of crashes) if (pattern.test(text)) return { kind: 'crash', what };
  for (const [pattern, what] of stops) if (pattern.test(text)) return { kind: 'stopped', what };
  for (const [pattern, what] of nothing) if (pattern.test(text)) return { kind: 'no-system', what };
  for (const [pattern, means, what, patience] of suspects)
    if (pattern.test(text)) return { kind: 'suspect', means, what, patience };
  if (cleared.test(text)) return { kind: 'cleared' };
  if (goneDown.test(text)) return { kind: 'gone-down' };
  if (/(?:^|\s)login: ?$/.test(text) && !/last login/i.test(text)) return { kind: 'login' };
  return undefined;
}
