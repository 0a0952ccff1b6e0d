/** Becomes the program, unless the parent ended before its death could be noticed: then the parent is another one. */
const unlessOrphaned = '[ "$PPID" = "$0" ] && exec "$@"; exit 1';

/**
 * The same command, but killed by the kernel when the thread that starts it ends, however that ends. By setpriv(1) of
 * util-linux, which sets PR_SET_PDEATHSIG of prctl(2) and then becomes the program. For what must not outlive a test.
 *
 * @param parent the process that starts it; default this one.
 */
export function tied(
  program: string,
  argv: readonly string[],
  parent: number = process.pid,
): { readonly program: string; readonly argv: readonly string[] } {
  const then = ['sh', '-c', unlessOrphaned, String(parent), program, ...argv];
  return { program: 'setpriv', argv: ['--pdeathsig', 'KILL', '--', ...then] };
}
