import { dirname, join } from 'node:path';
import { notSetUp } from '../../../errors/setup.ts';
import { findCommand, isExecutable } from '../find-command.ts';
import { type Environment, toolFolder } from '../folders.ts';
import { runTool } from '../run-tool.ts';
import { versions } from '../versions.ts';
import { decidePulumi, type PulumiWay } from './decide.ts';

/** The programs that the cached CLI consists of. */
export const pulumiPrograms = ['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs'] as const;

/** Looks at PATH and the cache and decides which Pulumi CLI is used. Starts `pulumi version` when there is one on PATH. */
export async function observePulumi(env: Environment = process.env): Promise<PulumiWay> {
  const cache = toolFolder('pulumi', versions.pulumi, env);
  const cached = pulumiPrograms.every((name) => isExecutable(join(cache, name)));
  const file = findCommand('pulumi', env);
  // The environment of `bootfleet env` has our own cache on PATH.
  if (file === undefined || dirname(file) === cache) return decidePulumi(undefined, cached, versions.pulumi);
  const version = await runTool(file, ['version'], { env: { PULUMI_SKIP_UPDATE_CHECK: 'true' }, limit: 20 });
  const host = 'pulumi-language-nodejs';
  const hasLanguageHost = isExecutable(join(dirname(file), host)) || findCommand(host, env) !== undefined;
  return decidePulumi({ file, version: version.trim(), hasLanguageHost }, cached, versions.pulumi);
}

/**
 * The folder of the Pulumi CLI to use.
 * @throws BF1908 when set-up has not run.
 */
export async function pulumiFolder(env: Environment = process.env): Promise<string> {
  const way = await observePulumi(env);
  if (way.way === 'path') return dirname(way.file);
  if (way.way === 'cache') return toolFolder('pulumi', versions.pulumi, env);
  throw notSetUp({ missing: `a usable Pulumi CLI (${way.because})` });
}
