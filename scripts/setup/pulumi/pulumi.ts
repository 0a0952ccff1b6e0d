import { chmod, copyFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { download } from '../download.ts';
import { toolFolder } from '../folders.ts';
import { buildGoProgram } from '../go/build.ts';
import { ensureGo } from '../go/toolchain.ts';
import { installFolder } from '../install-folder.ts';
import { say, withProgress } from '../say.ts';
import { unpack } from '../unpack.ts';
import { versions } from '../versions.ts';
import { takeFirst } from '../ways.ts';
import { observePulumi } from './locate.ts';

const releases = 'https://get.pulumi.com/releases/sdk';

/** The Pulumi CLI: on PATH and new enough -> cached -> official download -> built from its Go module (3 to 4 minutes). */
export async function ensurePulumi(): Promise<void> {
  const way = await observePulumi();
  if (way.way === 'path') {
    say('pulumi', `${way.version} on PATH (${way.file})`);
    return;
  }
  const target = toolFolder('pulumi', versions.pulumi);
  if (way.way === 'cache') {
    say('pulumi', join(target, 'pulumi'));
    return;
  }
  say('pulumi', `${way.because}; getting ${versions.pulumi}`);
  await takeFirst('pulumi', [
    { done: `downloaded ${versions.pulumi} into ${target}`, take: () => installFolder(target, fromRelease) },
    { done: `built ${versions.pulumi} in ${target}`, take: () => installFolder(target, fromModules) },
  ]);
}

async function fromRelease(folder: string): Promise<void> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  const archive = join(folder, 'archive.tar.gz');
  await download(
    `${releases}/pulumi-v${versions.pulumi}-linux-${architecture}.tar.gz`,
    `${releases}/pulumi-${versions.pulumi}-checksums.txt`,
    archive,
  );
  await unpack(archive, folder);
  await rm(archive);
  await addDynamicProvider(folder);
}

async function fromModules(folder: string): Promise<void> {
  const go = await ensureGo('pulumi');
  await withProgress('pulumi', 'building', async () => {
    await buildGoProgram(
      go,
      {
        package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
        modules: [
          `github.com/pulumi/pulumi/pkg/v3@v${versions.pulumi}`,
          `github.com/pulumi/pulumi/sdk/v3@v${versions.pulumi}`,
        ],
        tags: 'osusergo,grpcnotrace',
        linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`,
      },
      join(folder, 'pulumi'),
    );
    // The language host's present module is not on the module proxy; this older one speaks the same protocol.
    await buildGoProgram(
      go,
      {
        package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
        modules: [`github.com/pulumi/pulumi/sdk/v3@v${versions.languageHostModule}`],
        tags: 'osusergo,grpcnotrace',
      },
      join(folder, 'pulumi-language-nodejs'),
    );
  });
  await addDynamicProvider(folder);
}

/**
 * The plugin for dynamic providers is a script in the npm package, which the CLI looks for beside itself. It finds
 * `@pulumi/pulumi` from the program's folder, so one copy serves every checkout.
 */
async function addDynamicProvider(folder: string): Promise<void> {
  const name = 'pulumi-resource-pulumi-nodejs';
  const from = dirname(createRequire(import.meta.url).resolve('@pulumi/pulumi/package.json'));
  await copyFile(join(from, name), join(folder, name));
  await chmod(join(folder, name), 0o755);
}
