import path from 'node:path';
import { settingsUnreadable } from '../errors/fleet-file.ts';
import { fleetFilePath } from '../stacks/load.ts';
import { readText } from '../stacks/read-text.ts';
import { readYaml } from '../stacks/yaml.ts';
import type { StackName } from './stack-name.ts';

/**
 * The fleet file of a stack, found as the program finds it: the `--file` option, else the stack's configuration value
 * `bootfleet:fleetFile`, else stacks/<stack>.fleet.yaml.
 *
 * @param option what `--file` said, relative to the working folder.
 */
export function stackFleetFile(
  { name }: Pick<StackName, 'name'>,
  option?: string,
  project = process.cwd(),
): string {
  return fleetFilePath(name, option ?? configuredFile(name, project), project);
}

/**
 * The configuration value, from stacks/Pulumi.<stack>.yaml. A secret or absent value counts as none.
 *
 * @throws BF1031 when that file cannot be read or is no YAML.
 */
function configuredFile(stack: string, project: string): string | undefined {
  const file = path.join(project, 'stacks', `Pulumi.${stack}.yaml`);
  const settings = readSettings(file);
  const config = asRecord(asRecord(settings)['config']);
  const value = config['bootfleet:fleetFile'];
  return typeof value === 'string' ? value : undefined;
}

/** What a file of Pulumi's holds; `undefined` when there is none, or nothing is in it. @throws BF1031 */
export function readSettings(file: string): unknown {
  let read: ReturnType<typeof readText>;
  try {
    read = readText(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw settingsUnreadable({ file, reason: code }, { cause: error });
  }
  if ('problem' in read) throw settingsUnreadable({ file, reason: read.problem.detail });
  // An empty document is refused as YAML, and a stack without settings has one.
  if (read.text.trim() === '') return undefined;
  const yaml = readYaml(read.text);
  if ('value' in yaml) return yaml.value;
  const { at, detail } = yaml.problem;
  throw settingsUnreadable({ file, reason: `line ${at.line}, column ${at.column}: ${detail}` });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
