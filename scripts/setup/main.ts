import { describeError } from '../../errors/error.ts';
import { platformUnknown } from '../../errors/setup.ts';
import { ensurePackages } from './apt/packages.ts';
import { cleanGoCaches } from './go/build.ts';
import { ensurePulumi } from './pulumi/pulumi.ts';
import { ensureScalewayPlugin } from './scaleway-plugin/scaleway-plugin.ts';
import { say } from './say.ts';
import { ensureVersitygw } from './versitygw/versitygw.ts';

/**
 * Stage 2 of set-up (stage 1 is scripts/bootstrap.sh): everything beside npm packages. Each step looks first, does
 * only what is missing, and says in one line which way it took.
 */
export async function setUp(): Promise<void> {
  const started = Date.now();
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw platformUnknown({ platform: `${process.platform} ${process.arch}` });
  }
  await ensurePackages();
  await ensurePulumi();
  await ensureVersitygw();
  await ensureScalewayPlugin();
  await cleanGoCaches();
  say('done', `${((Date.now() - started) / 1000).toFixed(1)} s`);
}

if (import.meta.main) {
  // A reader that goes away (`npm run setup | head -1`) must not stop a build half-way.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await setUp();
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  }
}
