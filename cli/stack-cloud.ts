import type { CloudRef } from '../clouds/cloud.ts';
import { fleetFileInvalid, fleetFileMissing } from '../errors/fleet-file.ts';
import { readSettings, stackFleetFile } from './stack-fleet-file.ts';
import type { StackName } from './stack-name.ts';

/**
 * The cloud that a stack's fleet file names. Nothing else of the file counts: its images may not be built yet, or be gone
 * by the time of `pulumi destroy`.
 *
 * @param option what `--file` said.
 * @throws BF1001 no such file, BF1031 it cannot be read, BF1000 it names no cloud.
 */
export function stackCloud(stack: StackName, option?: string): CloudRef {
  const file = stackFleetFile(stack, option);
  const read = readSettings(file) as
    { cloud?: { scaleway?: { zone?: unknown; endpoint?: unknown } } } | undefined;
  if (read === undefined) throw fleetFileMissing({ file, stack: stack.given });
  const { zone, endpoint } = read.cloud?.scaleway ?? {};
  if (typeof zone !== 'string' || !['string', 'undefined'].includes(typeof endpoint))
    throw fleetFileInvalid({
      file,
      count: 1,
      problems: 'cloud.scaleway: no zone, or an endpoint that is no text',
    });
  return { kind: 'scaleway', zone, ...(typeof endpoint === 'string' && { endpoint }) };
}
