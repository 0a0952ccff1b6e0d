import { cpus, totalmem } from 'node:os';

/** This machine as results name it. Example: `2 x AMD EPYC, 24 GiB`. */
export function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory} GiB`;
}
