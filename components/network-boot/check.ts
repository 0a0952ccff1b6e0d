import path from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { bootArgumentWrong, bootModeNotHere } from '../../errors/boot.ts';
import { readKey } from '../../remote/key-file.ts';
import { scriptUrlFailures, waitFailures } from '../boot-mode/check.ts';
import { checkFailure } from '../check-failure.ts';
import { isUnknown } from '../unknown.ts';
import type { NetworkBootInputs } from './args.ts';
import { patternProblem } from './pattern.ts';

/** Tests the arguments as far as they are known, before anything is changed. Reads nothing but the key file. */
export async function failuresOf(news: NetworkBootInputs): Promise<pulumi.dynamic.CheckFailure[]> {
  const { machine, mode, scriptUrl, proof, within, ssh, waits } = news;
  const failures = [...scriptUrlFailures(machine, { scriptUrl }), ...waitFailures(machine, waits)];
  const wrong = (argument: string, problem: string): void => {
    failures.push(
      checkFailure(argument.split('.')[0] ?? '', bootArgumentWrong({ machine, argument, problem })),
    );
  };
  // Inputs come from programs too, which TypeScript may not have checked.
  if ((mode as string) !== 'ipxe-console')
    failures.push(checkFailure('mode', bootModeNotHere({ machine, mode })));
  if (!isUnknown(within) && !(Number.isFinite(within) && within > 0))
    wrong('within', 'not a positive number of seconds');
  if (isUnknown(proof)) return failures;
  if (proof.kind === 'console') {
    const problem = patternProblem(proof.pattern);
    if (problem) wrong('proof.pattern', problem);
  }
  if (proof.kind === 'ssh') {
    if (proof.command?.length === 0) wrong('proof.command', 'it has no word');
    if (ssh === undefined) wrong('ssh', 'it is missing, but the proof is SSH');
  }
  if (ssh !== undefined && !isUnknown(ssh)) {
    await readKey(path.resolve(ssh.keyFile)).catch((error: unknown) =>
      failures.push(checkFailure('ssh', error)),
    );
  }
  return failures;
}
