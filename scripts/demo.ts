import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stackEnvironment } from '../cli/stack-environment.ts';
import { describeError } from '../errors/error.ts';
import { removeLeftLock } from './left-lock.ts';
import { runStep } from './run-step.ts';
import { checkout } from './setup/folders.ts';

/** The builds that the fleet file stacks/local.fleet.yaml names, and the next one to upgrade to; see guest/appliance/build.ts. */
const builds = [
  { version: '1', file: 'edge-20261121_0900' },
  { version: '2', file: 'edge-20261122_0900' },
] as const;

/** What the builder writes for each build. */
const endings = ['img', 'img.cksum', 'img.cksum.sig', 'fs', 'fs.cksum', 'fs.cksum.sig'];

/** `npm run demo` after set-up: embedded cloud, stand-in images, `pulumi up`, table of machines. Can be run again at any time. */
async function demo(): Promise<void> {
  const again = 'npm run demo';
  const node = process.execPath;
  const bootfleet = (...args: string[]): [string, ...string[]] => [node, 'cli/main.ts', ...args];
  const env = await stackEnvironment({ given: 'local', name: 'local' });
  const started = Date.now();

  await runStep({ name: 'embedded cloud', command: bootfleet('local', 'start') }, again);
  for (const { version, file } of builds) {
    const made = endings.every((end) => existsSync(join(checkout, 'images', `${file}.${end}`)));
    if (made) continue;
    const command = [node, 'guest/appliance/build.ts', '--version', version, '--out', 'images'] as const;
    await runStep({ name: `stand-in image, build ${version}`, command: [...command] }, again);
  }
  const select = ['pulumi', 'stack', 'select', '--create', 'local', '--non-interactive'] as const;
  await runStep({ name: 'stack local', command: [...select], env }, again);
  await removeLeftLock(env, bootfleet, again);
  const up = ['pulumi', 'up', '--yes', '--skip-preview', '--stack', 'local'] as const;
  await runStep({ name: 'pulumi up', command: [...up], env }, again);
  await runStep({ name: 'bootfleet status', command: bootfleet('status', 'local'), env }, again);
  process.stdout.write(`
Up in ${Math.round((Date.now() - started) / 1000)} s. Next:
  bin/bootfleet console edge-1           attach to a serial console (--replay plays its last boot)
  edit stacks/local.fleet.yaml           for instance \`fs\` and its checksum to edge-20261122_0900, then:
  eval "$(bin/bootfleet env)"; pulumi up --stack local
  npm run demo:down                      destroy it all and stop the cloud
`);
}

try {
  await demo();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
