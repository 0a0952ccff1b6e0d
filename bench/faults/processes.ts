import { markedProcesses, type MarkedProcess } from '../../test/e2e/harness/marked-processes.ts';
import type { Victim } from './plan.ts';

/** How the command lines of what `pulumi` starts look. */
const patterns: Readonly<Partial<Record<Victim, RegExp>>> = {
  'language host': /pulumi-language-nodejs/,
  program: /cmd\/run(\/index\.js)?( |$)/,
  'dynamic provider': /pulumi-resource-pulumi-nodejs|cmd\/dynamic-provider/,
  'scaleway provider': /standin\/main\.ts|pulumi-resource-scaleway/,
};

/** Processes of a kind that live now, found by the mark of their place. */
export async function findVictims(mark: string, victim: Victim): Promise<readonly MarkedProcess[]> {
  const pattern = patterns[victim];
  if (pattern === undefined) return [];
  return (await markedProcesses(mark)).filter(({ command }) => pattern.test(command));
}

/** What runs as long as the embedded cloud does; everything else has to be gone between two commands. */
export function isOfCloud({ command }: MarkedProcess): boolean {
  return /localcloud\/daemon\/main\.ts|versitygw/.test(command);
}
