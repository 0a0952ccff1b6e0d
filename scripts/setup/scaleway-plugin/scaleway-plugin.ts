import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { download } from '../download.ts';
import { isExecutable } from '../find-command.ts';
import { checkout } from '../folders.ts';
import { goArchitecture } from '../go/toolchain.ts';
import { installFolder } from '../install-folder.ts';
import { pulumiHome } from '../pulumi/environment.ts';
import { say } from '../say.ts';
import { unpack } from '../unpack.ts';
import { versions } from '../versions.ts';
import { takeFirst } from '../ways.ts';
import { decidePlugin, type InstalledPlugin } from './decide.ts';
import { launcher } from './launcher.ts';

const releases = 'https://github.com/pulumiverse/pulumi-scaleway/releases/download';
const program = 'pulumi-resource-scaleway';
/** A file beside the stand-in, for people who look into the folder, and for us. */
const mark = 'STAND-IN.txt';

/** The provider plugin `scaleway`: installed -> downloaded -> the stand-in of standin/. */
export async function ensureScalewayPlugin(): Promise<void> {
  const folder = join(pulumiHome(), 'plugins', `resource-scaleway-v${versions.scalewayPlugin}`);
  const { way } = decidePlugin(installed(folder));
  if (way === 'keep') {
    say('scaleway plugin', join(folder, program));
    return;
  }
  const standIn = {
    done: `stand-in for the embedded cloud (remove ${folder} to try the download again)`,
    take: () => ensureStandIn(folder),
  };
  const real = {
    done: `downloaded ${versions.scalewayPlugin} into ${folder}`,
    take: () => installFolder(folder, fromRelease),
  };
  await takeFirst('scaleway plugin', way === 'obtain' ? [real, standIn] : [standIn]);
}

function installed(folder: string): InstalledPlugin {
  if (existsSync(join(folder, mark))) return 'stand-in';
  return isExecutable(join(folder, program)) ? 'real' : 'none';
}

async function fromRelease(folder: string): Promise<void> {
  const base = `${releases}/v${versions.scalewayPlugin}`;
  const archive = join(folder, 'archive.tar.gz');
  await download(
    `${base}/${program}-v${versions.scalewayPlugin}-linux-${goArchitecture}.tar.gz`,
    `${base}/pulumi-scaleway_${versions.scalewayPlugin}_checksums.txt`,
    archive,
  );
  await unpack(archive, folder, 0);
  await rm(archive);
}

async function ensureStandIn(folder: string): Promise<void> {
  const text = launcher(checkout);
  const there = await readFile(join(folder, program), 'utf8').catch(() => undefined);
  if (there === text && isExecutable(join(folder, program))) return;
  await installFolder(folder, async (work) => {
    await writeFile(join(work, program), text, { mode: 0o755 });
    await writeFile(
      join(work, mark),
      "This is bootfleet's stand-in of pulumi-resource-scaleway, for its embedded cloud only.\n" +
        'Remove this folder and run `npm run setup` with a network to have the real plugin.\n',
    );
  });
}
