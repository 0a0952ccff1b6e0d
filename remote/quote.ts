/**
 * Command lines for a POSIX shell, the only place where one is made from arguments.
 * SSH carries one string, which the remote user's login shell parses (RFC 4254, section 6.5).
 * Source: POSIX.1-2024, Shell Command Language, 2.2.2 (single quotes keep every character but themselves).
 */

/**
 * One argument, quoted so that a POSIX shell gives it back unchanged.
 *
 * @throws Error for a NUL character, which no argument of a process can hold.
 * @example quoteArgument("it's") // 'it'\''s'
 */
export function quoteArgument(text: string): string {
  if (text.includes('\0')) throw new Error('an argument of a command cannot hold a NUL character');
  // Not quoted when nothing in it can mean anything to a shell, to keep messages readable.
  if (/^[A-Za-z0-9_/.:@%+,-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A program and its arguments as a command line.
 *
 * @example quoteCommand(['cat', '/etc/my file']) // cat '/etc/my file'
 */
export function quoteCommand(argv: readonly string[]): string {
  if (argv.length === 0) throw new Error('a command needs at least the name of a program');
  return argv.map(quoteArgument).join(' ');
}
