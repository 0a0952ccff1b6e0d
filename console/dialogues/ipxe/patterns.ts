import type { Expected } from '../../session.ts';

/** A text as a console may show it: each character once or twice. */
export function onceOrTwice(text: string): RegExp {
  const escaped = Array.from(text, (char) => char.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(escaped.map((char) => `${char}{1,2}`).join(''));
}

/**
 * All forms of the invitation: the option ROM's `Press Ctrl-B to configure iPXE (PCI 00:03.0)...` (4 s), and the
 * built-in script's `Press Ctrl-B for the iPXE command line...` (2 s, again after each failed autoboot).
 */
export const banner: Expected = { name: 'banner', match: onceOrTwice('Press Ctrl-B') };

export const prompt: Expected = { name: 'prompt', match: onceOrTwice('iPXE>') };

/** SeaBIOS has tried everything and waits; iPXE was not among it, or was left. */
export const nothingToBoot: Expected = { name: 'nothing to boot', match: 'No bootable device' };
