import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { cacheFolder } from '../../contracts/environment.ts';
import { storageMissing } from '../../errors/localcloud.ts';

/** The version that the set-up provides and that the embedded cloud is tested with. */
const versitygw = 'versitygw-1.8.0';

/** Places where the object storage server may be, best first: PATH, then bootfleet's own tools. */
export function storageProgramCandidates(env: NodeJS.ProcessEnv): readonly string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return [
    ...folders.map((folder) => join(folder, 'versitygw')),
    join(cacheFolder(env), 'tools', versitygw, 'versitygw'),
  ];
}

/** Finds the object storage server; BF1840 when it is nowhere. */
export function findStorageProgram(env: NodeJS.ProcessEnv = process.env): string {
  const candidates = storageProgramCandidates(env);
  const found = candidates.find(isProgram);
  if (found === undefined) throw storageMissing({ looked: candidates.at(-1) ?? '' });
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
