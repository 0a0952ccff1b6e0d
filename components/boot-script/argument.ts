import { scriptArgumentRefused, scriptUrlRefused } from '../../errors/boot.ts';

/**
 * iPXE has no quoting. A line ends at a line feed (a backslash before it joins the next line), is split at white space,
 * and ends early at a word that begins with `#` or is `||`, `&&` or `;`; then `${name}` is replaced in each word (in
 * older versions before the splitting). So a value is either one harmless word, or it is refused.
 * Source: split_command(), command_terminator() and expand_tokens() in ipxe/src/core/exec.c, process_script() in
 * ipxe/src/image/script.c, expand_settings() in ipxe/src/core/settings.c.
 */

/** The longest word taken: no iPXE limit, but a bound on what a mistake can do. */
const longest = 2000;

/**
 * Passes a value that iPXE takes as exactly one word of a command.
 *
 * @param argument what the value is for, for the message. Example: `arguments[0]`.
 * @throws BF1271 for a value that iPXE or the kernel would read as more than one thing.
 */
export function oneWord(argument: string, value: string): string {
  const problem = problemOf(value);
  if (problem !== undefined) throw scriptArgumentRefused({ argument, value: shown(value), problem });
  return value;
}

/**
 * A URL as one word: parsed, written in its canonical form, and with every character escaped that means something to
 * iPXE.
 *
 * @throws BF1272 unless it is an http or https URL without a password or a setting of iPXE in it.
 */
export function oneUrl(argument: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const problem =
    url === undefined
      ? 'it is not a URL'
      : !['http:', 'https:'].includes(url.protocol)
        ? `iPXE on servers loads http and https, not ${url.protocol}`
        : url.username !== '' || url.password !== ''
          ? 'it holds a user name or password, which everyone could read in the script'
          : // Escaped, the server would be asked for the name of the setting instead of its value.
            value.includes('${')
            ? '`${` begins a setting of iPXE; settings are not put into URLs'
            : undefined;
  if (problem !== undefined || url === undefined) {
    throw scriptUrlRefused({ argument, value: shown(withoutPassword(value)), problem: problem ?? '' });
  }
  url.hash = '';
  const escaped = url.href.replaceAll(/[^A-Za-z0-9\-._~:/?@!&'()*+,;=%[\]]/g, percent);
  return oneWord(argument, escaped);
}

/** The longest command line that Linux on x86 takes; it and iPXE cut off the rest without a word. */
const longestCommandLine = 2047;

/**
 * Passes the words of a kernel's command line, if it gets all of them. Source: COMMAND_LINE_SIZE in
 * linux/arch/x86/include/asm/setup.h, bzimage_parse_cmdline() and bzimage_set_cmdline() in ipxe/src/arch/x86/image/bzimage.c.
 *
 * @throws BF1271 for more than fit.
 */
export function oneCommandLine(argument: string, words: readonly string[]): readonly string[] {
  const { length } = words.join(' ');
  if (length <= longestCommandLine) return words;
  const problem = `together they have ${length} characters; a kernel takes ${longestCommandLine}`;
  throw scriptArgumentRefused({ argument, value: shown(words.join(' ')), problem });
}

function problemOf(value: string): string | undefined {
  if (value === '') return 'it is empty';
  if (value.length > longest) return `it has ${value.length} characters, more than ${longest}`;
  if (!/^[\x21-\x7e]+$/.test(value))
    return 'it has white space, a control character, or a character outside of ASCII';
  if (value.startsWith('#')) return '`#` begins a comment';
  if (['||', '&&', ';'].includes(value)) return `\`${value}\` ends a command`;
  if (value.includes('${') || value.endsWith('$')) return '`${` begins a setting';
  if (value.endsWith('\\')) return 'a backslash at the end joins the next line';
  if (value.includes('"')) return 'a quotation mark would swallow what follows it on the command line';
  return undefined;
}

function percent(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/** A refused URL may hold a password; messages must not. */
function withoutPassword(value: string): string {
  return value.replaceAll(/\/\/[^/@]*@/g, '//***@');
}

/** A value in a message: short and visible. */
function shown(value: string): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}..."` : text;
}
