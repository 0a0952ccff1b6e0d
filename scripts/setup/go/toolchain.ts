import { chmod, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BootfleetError } from '../../../errors/error.ts';
import { goMissing } from '../../../errors/setup.ts';
import { ensurePackages } from '../apt/packages.ts';
import { findCommand, isExecutable } from '../find-command.ts';
import { cacheFolder, toolFolder } from '../folders.ts';
import { installFolder } from '../install-folder.ts';
import { runTool } from '../run-tool.ts';
import { say, withProgress } from '../say.ts';
import { versions } from '../versions.ts';
import { decideGo, type FoundGo } from './decide.ts';

/** Architectures by Go's names. */
export const goArchitecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

const fetched = (): string => join(toolFolder('go', versions.go), 'bin', 'go');

/**
 * A `go` that can build the tools: the machine's own when new enough; else one fetched as the module
 * `golang.org/toolchain` by whatever Go there is (Debian 12's is 1.19), which apt brings where there is none.
 * Source of the module's layout: https://go.dev/doc/toolchain#download
 *
 * @param tool which tool has to be built, for messages.
 * @throws BF1906 when there is no way to one.
 */
export async function ensureGo(tool: string): Promise<string> {
  let way = decideGo(await findGo(), versions.goOldest);
  if (way.way === 'install') {
    try {
      await ensurePackages(['golang-go'], 'go');
    } catch (error) {
      if (!(error instanceof BootfleetError)) throw error;
      throw goMissing({ tool, oldest: versions.goOldest, why: error.summary }, { cause: error });
    }
    way = decideGo(await findGo(), versions.goOldest);
  }
  if (way.way === 'use') return way.go.file;
  if (way.way === 'install') throw goMissing({ tool, oldest: versions.goOldest, why: 'apt brought no go' });
  const { by } = way;
  say(
    'go',
    `${by.file} is ${by.version}, ${versions.goOldest} is needed: fetching Go ${versions.go} as a module`,
  );
  await withProgress('go', 'fetching', () => fetchToolchain(by.file));
  return fetched();
}

async function findGo(): Promise<FoundGo[]> {
  const candidates = [findCommand('go'), '/usr/local/go/bin/go', '/usr/lib/go/bin/go', fetched()];
  const found: FoundGo[] = [];
  for (const file of new Set(candidates)) {
    if (file === undefined || !isExecutable(file)) continue;
    // `local`: the Go that is here, not one that it would fetch for itself.
    const version = await runTool(file, ['env', 'GOVERSION'], { env: { GOTOOLCHAIN: 'local' } });
    found.push({ file, version: version.trim() });
  }
  return found;
}

async function fetchToolchain(by: string): Promise<void> {
  const work = join(cacheFolder(), 'go-toolchain');
  await mkdir(work, { recursive: true });
  const module = `golang.org/toolchain@v0.0.1-go${versions.go}.linux-${goArchitecture}`;
  const env = {
    GOTOOLCHAIN: 'local',
    GOPATH: work,
    GOMODCACHE: join(work, 'mod'),
    GOFLAGS: '-modcacherw',
    GO111MODULE: 'on',
  };
  const answer = JSON.parse(
    await runTool(by, ['mod', 'download', '-json', module], { cwd: work, env, limit: 600 }),
  ) as {
    Dir: string;
  };
  await installFolder(toolFolder('go', versions.go), async (folder) => {
    await cp(answer.Dir, folder, { recursive: true });
    // A module's zip has no executable bits; Go itself sets them on these folders when it fetches a toolchain.
    const tools = join('pkg', 'tool', `linux_${goArchitecture}`);
    for (const part of ['bin', tools]) {
      for (const name of await readdir(join(folder, part))) await chmod(join(folder, part, name), 0o755);
    }
  });
  await rm(work, { recursive: true, force: true });
}
