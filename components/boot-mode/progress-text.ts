/** How far the writer is. */
export interface WriterProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Progress of the writer for the machine's line in `pulumi up`. Pure.
 *
 * @example progressText({ phase: 'write', done: 65e6, total: 160e6 }) // 'writing the disk: 40 % (65 of 160 MB)'
 */
export function progressText({ phase, done, total }: WriterProgress): string {
  const percent = total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0;
  const doing = phase === 'verify' ? 'reading the disk back' : 'writing the disk';
  return `${doing}: ${percent} % (${Math.floor(done / 1e6)} of ${Math.ceil(total / 1e6)} MB)`;
}
