import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../folders.ts';
import { runTool } from '../run-tool.ts';

/** One program to build out of Go modules; see `buildGoProgram`. */
export interface GoProgram {
  /** The package with `main`. Example: `github.com/versity/versitygw/cmd/versitygw`. */
  readonly package: string;
  /** Modules to require, `path@version`; the package is in the first. Their sums are checked by Go's checksum database. */
  readonly modules: readonly string[];
  readonly tags?: string;
  /** `-ldflags` beside `-s -w`. */
  readonly linkerFlags?: string;
}

/**
 * Builds a static program out of modules, in a throwaway main module, with caches of its own in the cache folder.
 * They are kept until `cleanGoCaches`, so that a build that was interrupted goes on where it stopped.
 *
 * @param go a Go that is new enough; see `ensureGo`.
 * @param target the file to write.
 */
export async function buildGoProgram(go: string, program: GoProgram, target: string): Promise<void> {
  const home = buildFolder();
  const work = join(home, 'modules', program.package.replaceAll(/[^a-z0-9]+/gi, '-'));
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const env = {
    GOTOOLCHAIN: 'local',
    GOROOT: undefined,
    GOPATH: home,
    GOMODCACHE: join(home, 'mod'),
    GOCACHE: join(home, 'objects'),
    GOFLAGS: '-modcacherw -buildvcs=false',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
  const run = (args: readonly string[], limit: number): Promise<string> =>
    runTool(go, args, { cwd: work, env, limit });
  await run(['mod', 'init', 'bootfleet.invalid/build'], 60);
  // `-tool` keeps the package itself in go.mod, so that all that it imports gets its sums.
  await run(
    ['get', '-tool', `${program.package}@${(program.modules[0] ?? '').split('@')[1] ?? 'latest'}`],
    600,
  );
  for (const module of program.modules.slice(1)) await run(['get', module], 600);
  await run(
    [
      'build',
      '-trimpath',
      ...(program.tags === undefined ? [] : ['-tags', program.tags]),
      // The linker strips debug information anyway: not making it gives the same program a tenth sooner.
      '-gcflags=all=-dwarf=false',
      '-ldflags',
      ['-s -w', program.linkerFlags].filter(Boolean).join(' '),
      '-o',
      target,
      program.package,
    ],
    1800,
  );
}

/** Removes what builds left: a few gigabytes that nothing needs once the tools stand. */
export async function cleanGoCaches(): Promise<void> {
  await rm(buildFolder(), { recursive: true, force: true });
}

const buildFolder = (): string => join(cacheFolder(), 'go-build');
