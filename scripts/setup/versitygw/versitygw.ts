import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { download } from '../download.ts';
import { toolFolder } from '../folders.ts';
import { buildGoProgram } from '../go/build.ts';
import { ensureGo } from '../go/toolchain.ts';
import { installFolder } from '../install-folder.ts';
import { say, withProgress } from '../say.ts';
import { toolPath } from '../tool-path.ts';
import { unpack } from '../unpack.ts';
import { versions } from '../versions.ts';
import { takeFirst } from '../ways.ts';

const releases = 'https://github.com/versity/versitygw/releases/download';

/** Versity's S3 gateway: on PATH or cached -> release download -> built from its Go module (about a minute). */
export async function ensureVersitygw(): Promise<void> {
  const found = toolPath('versitygw');
  if (found !== undefined) {
    say('versitygw', found);
    return;
  }
  const target = toolFolder('versitygw', versions.versitygw);
  await takeFirst('versitygw', [
    {
      done: `downloaded ${versions.versitygw} into ${target}`,
      take: () => installFolder(target, fromRelease),
    },
    { done: `built ${versions.versitygw} in ${target}`, take: () => installFolder(target, fromModule) },
  ]);
}

async function fromRelease(folder: string): Promise<void> {
  const base = `${releases}/v${versions.versitygw}`;
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const archive = join(folder, 'archive.tar.gz');
  await download(
    `${base}/versitygw_v${versions.versitygw}_Linux_${architecture}.tar.gz`,
    `${base}/checksums.txt`,
    archive,
  );
  await unpack(archive, folder);
  await rm(archive);
}

async function fromModule(folder: string): Promise<void> {
  const go = await ensureGo('versitygw');
  await withProgress('versitygw', 'building', () =>
    buildGoProgram(
      go,
      {
        package: 'github.com/versity/versitygw/cmd/versitygw',
        modules: [`github.com/versity/versitygw@v${versions.versitygw}`],
        linkerFlags: `-X main.Version=v${versions.versitygw}`,
      },
      join(folder, 'versitygw'),
    ),
  );
}
