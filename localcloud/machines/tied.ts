/**
 * The same command, but killed by the kernel when the thread that starts it ends, however that ends. By setpriv(1) of
 * util-linux, which sets PR_SET_PDEATHSIG of prctl(2) and then becomes the program. For what must not outlive a test.
 */
export function tied(
  program: string,
  argv: readonly string[],
): { readonly program: string; readonly argv: readonly string[] } {
  return { program: 'setpriv', argv: ['--pdeathsig', 'KILL', '--', program, ...argv] };
}
