import type { Expected } from '../../session.ts';

/** Waits for a text as a console may show it: each character once or twice. */
export function onceOrTwice(name: string, text: string): Expected & { readonly match: RegExp } {
  const escaped = Array.from(text, (char) => char.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const match = new RegExp(escaped.map((char) => `${char}{1,2}`).join(''));
  return { name, match, reach: 2 * text.length };
}

/**
 * All forms of the invitation: the option ROM's `Press Ctrl-B to configure iPXE (PCI 00:03.0)...` (4 s), and the
 * built-in script's `Press Ctrl-B for the iPXE command line...` (2 s, again after each failed autoboot).
 */
export const banner = onceOrTwice('banner', 'Press Ctrl-B');

export const prompt: Expected = onceOrTwice('prompt', 'iPXE>');

/** SeaBIOS has tried everything and waits; iPXE was not among it, or was left. */
export const nothingToBoot: Expected = { name: 'nothing to boot', match: 'No bootable device' };
