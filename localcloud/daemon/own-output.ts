/**
 * Lets this process go on when what it writes can no longer be written: a full disk, a reader that has gone. Without a
 * listener, the failed write of a last word would end it.
 */
export function outliveOwnOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
