import { mkdir } from 'node:fs/promises';
import type { Environment } from '../../scripts/setup/folders.ts';
import { findStorageProgram } from '../storage/program.ts';
import { startStorage, type Storage } from '../storage/supervisor.ts';
import { home } from './endpoints.ts';
import type { Settings } from './settings.ts';

/** Starts object storage with the cloud's key pair. @throws BF1840 when versitygw is not there, BF1841 */
export async function openStorage(
  folder: string,
  settings: Settings,
  env: Environment,
  log: (line: string) => void,
): Promise<Storage> {
  const program = findStorageProgram(env);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { accessKey, secretKey } = settings;
  return await startStorage({ program, folder, accessKey, secretKey, region: home.region, log });
}
