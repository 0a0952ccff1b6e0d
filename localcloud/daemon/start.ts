import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndpointsFile } from '../../contracts/endpoints-file.ts';
import { BootfleetError } from '../../errors/error.ts';
import { startFailed } from '../../errors/localcloud.ts';
import type { Environment } from '../../scripts/setup/folders.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import { readEndpoints } from './endpoints.ts';
import { cloudFolder, type CloudFolder } from './folder.ts';
import type { StartMessage } from './main.ts';
import type { DaemonOptions } from './options.ts';

/**
 * Starts a daemon, which outlives this process unless it is `tied` to it, and waits until it serves. What is started is
 * its watcher, which starts it again when it ends by itself.
 *
 * @throws what `runDaemon` throws, and BF1802.
 */
export async function startDaemon(
  options: DaemonOptions,
  deadline: Deadline,
  env: Environment = process.env,
): Promise<EndpointsFile> {
  const folder = cloudFolder(env);
  const watched = options.watched ?? options.tied !== true;
  await mkdir(folder.root, { recursive: true, mode: 0o700 });
  const output = await open(folder.output, 'w', 0o600);
  let daemon: ChildProcess;
  try {
    daemon = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, watched ? 'watcher.ts' : 'main.ts'),
        JSON.stringify(options),
      ],
      { detached: true, stdio: ['ignore', output.fd, output.fd, 'ipc'], env: { ...env } },
    );
  } finally {
    await output.close();
  }
  try {
    await ready(daemon, folder, deadline);
  } catch (thrown) {
    // Whatever was the matter, a daemon that nobody was told of must not stay.
    if (daemon.exitCode === null && daemon.signalCode === null) daemon.kill('SIGTERM');
    throw thrown;
  } finally {
    if (options.tied === true) daemon.channel?.unref();
    else if (daemon.connected) daemon.disconnect();
    daemon.unref();
  }
  const endpoints = await readEndpoints(folder.endpoints);
  if (endpoints === undefined) throw failed(folder, 'it wrote no endpoints file');
  return endpoints;
}

async function ready(daemon: ChildProcess, folder: CloudFolder, deadline: Deadline): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(failed(folder, `it was not ready within ${Math.round(deadline.length / 1000)} s`));
    }, deadline.left);
    const end = (act: () => void): void => {
      clearTimeout(late);
      daemon.removeAllListeners();
      act();
    };
    daemon.once('message', (message: StartMessage) => {
      end(() => {
        if (message.kind === 'ready') resolve();
        else reject(rebuilt(message.error));
      });
    });
    daemon.once('error', (error) => {
      end(() => {
        reject(failed(folder, error.message));
      });
    });
    daemon.once('exit', (code, signal) => {
      end(() => {
        reject(failed(folder, `its process ended with ${signal ?? `status ${code ?? 'unknown'}`}`));
      });
    });
  });
}

/** An error of the daemon's process, as it was there. */
function rebuilt(error: ReturnType<BootfleetError['toJSON']>): BootfleetError {
  return new BootfleetError({
    code: error.code,
    summary: error.message,
    why: error.why,
    next: error.next,
    facts: error.facts,
  });
}

function failed(folder: CloudFolder, problem: string): BootfleetError {
  return startFailed({ folder: folder.root, problem, log: folder.output });
}
