import { parseGuestLine, type GuestLine } from './guest-lines.ts';

/** What a line of a booting machine shows about how its boot goes. */
export type BootLine =
  | GuestLine
  | { readonly kind: 'login' }
  | { readonly kind: 'crash'; readonly what: string }
  | { readonly kind: 'no-system'; readonly what: string };

const crashes: readonly (readonly [RegExp, string])[] = [
  [/Kernel panic - not syncing/, 'the Linux kernel panicked'],
  // OpenBSD: `panic: ...`, then its debugger's prompt, which waits for ever.
  [/^panic: /, 'the OpenBSD kernel panicked'],
  [/^ddb(?:\{\d+\})?>/, 'the OpenBSD kernel stopped in its debugger (ddb)'],
  [
    /^(?:\(initramfs\)|BusyBox .* built-in shell|You are in emergency mode)/,
    'Linux did not find its root file system',
  ],
  [/^Enter pathname of shell or RETURN for sh:/, 'OpenBSD stopped in single-user mode'],
];

const nothing: readonly (readonly [RegExp, string])[] = [
  [/No bootable device/, 'the firmware found nothing to boot'],
  [
    /^(?:Missing operating system|Boot failed: not a bootable disk|No O\/S)/,
    'the disk holds nothing that boots',
  ],
  [/^(?:ERR [MR]|Bad magic|No active partition)/, 'the disk holds no OpenBSD that boots'],
  // The OpenBSD loader has tried everything and waits at its prompt; the stand-in says the second.
  [/^turning timeout off|will try again at the prompt/, 'the boot loader found no system in that slot'],
  [/^iPXE>/, 'iPXE came up instead of the disk'],
  [/^error: no such (?:device|partition)/, 'GRUB did not find its disk'],
  [/^grub rescue>/, 'GRUB stopped in its rescue shell'],
  [/^(?:UEFI Interactive Shell|Shell>)/, 'the firmware came up in its own shell instead of the disk'],
];

/**
 * Reads one line, also one that is not ended yet (prompts). `undefined` for a line that decides nothing.
 * Kernel time stamps (`[    1.234567] `) do not matter.
 */
export function parseBootLine(line: string): BootLine | undefined {
  const guest = parseGuestLine(line);
  if (guest) return guest;
  const text = line.replace(/^\[\s*\d+\.\d+\] /, '');
  for (const [pattern, what] of crashes) if (pattern.test(text)) return { kind: 'crash', what };
  for (const [pattern, what] of nothing) if (pattern.test(text)) return { kind: 'no-system', what };
  if (/(?:^|\s)login: ?$/.test(text) && !/last login/i.test(text)) return { kind: 'login' };
  return undefined;
}
