/**
 * How a command goes to a machine over SSH, and how its answer is told from what the login shell prints by itself: SSH
 * hands one string to whatever shell the user has (RFC 4254, section 6.5), and start-up files, banners and messages
 * about terminals share the command's streams.
 *
 * The string runs a script in `sh`, which says a mark on both streams before and after the command, the second with its
 * exit status. sh, ksh, bash, zsh, fish and csh all read it alike: it holds single-quoted words only, without quotes,
 * line ends, `!` and doubled backslashes in them, each short enough for csh (1,023 bytes). Marks do not stand in it as they
 * are said, so that a shell that echoes its commands says none.
 */

/** Bytes of a word, at most. */
const longestWord = 800;
/** `$1` is what makes the marks of this command unique; the rest is the script, as a format of printf(1). */
const unpack = `n=$1; shift; eval "$(printf "$(printf %s "$@")")"`;
const name = 'bootfleet-frame';

/**
 * The string for the user's login shell.
 *
 * @param command what `sh` shall run.
 * @param nonce letters and digits that no output holds by chance.
 */
export function framedCommand(command: string, nonce: string): string {
  const say = (mark: string): string => `printf 'bootfleet-%s-${mark}\\n' "$n"`;
  const [begin, end] = [say('begin'), `${say('end %s')} "$s"`];
  const script = `${begin}; ${begin} >&2; (${command}\n); s=$?; ${end}; ${end} >&2; exit "$s"`;
  const words = wordsOf(script).map((word) => `'${word}'`);
  return `exec sh -c '${unpack}' ${name} ${nonce} ${words.join(' ')}`;
}

/** The nonce of a string that `framedCommand` made; `undefined` for any other. */
export function nonceOf(command: string): string | undefined {
  return / bootfleet-frame ([0-9a-z]+) /.exec(command)?.[1];
}

/** Said before the command's own output. */
export function beginMark(nonce: string): string {
  return `bootfleet-${nonce}-begin\n`;
}

/** Said behind it; the exit status and a line end follow. */
export function endMark(nonce: string): string {
  return `bootfleet-${nonce}-end `;
}

/** Output with its marks: for whatever stands for a machine. */
export function framedAnswer(nonce: string, output: string, status: number): string {
  return `${beginMark(nonce)}${output}${endMark(nonce)}${status}\n`;
}

/** A text as formats of printf: what may mean anything to a shell, in octal. */
function wordsOf(text: string): string[] {
  const words = [''];
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    const written = /[A-Za-z0-9 _/.,:=+@-]/.test(character)
      ? character
      : `\\${byte.toString(8).padStart(3, '0')}`;
    const last = words.at(-1) ?? '';
    if (last.length + written.length > longestWord) words.push(written);
    else words[words.length - 1] = last + written;
  }
  return words;
}
