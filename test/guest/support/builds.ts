import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAppliance, type Appliance } from '../../../guest/appliance/appliance.ts';
import { ensureDemoKeys } from '../../../guest/appliance/keys.ts';
import type { Variant } from '../../../guest/appliance/slot.ts';
import { writeSparseFile } from '../../../guest/appliance/sparse-file.ts';
import { testBootTimeout } from './quick-image.ts';

/** A folder of one test file, with keys of its own. */
export interface Workshop {
  readonly folder: string;
  /** Private key that every build of this workshop lets in. */
  readonly key: Buffer;
  readonly path: (name: string) => string;
  build(version: string, variant?: Variant): Promise<Appliance>;
  /** Builds and writes the disk. */
  disk(name: string, version: string, variant?: Variant): Promise<string>;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-workshop-'));
  const keys = await ensureDemoKeys(join(folder, 'keys'));
  const path = (name: string): string => join(folder, name);
  const build = (version: string, variant: Variant = 'good'): Promise<Appliance> =>
    buildAppliance({
      version,
      variant,
      date: '20261121_0900',
      extraPackages: [],
      authorizedKeys: [keys.sshPublicKey],
      bootTimeout: testBootTimeout,
    });
  return {
    folder,
    key: await readFile(keys.sshKey),
    path,
    build,
    disk: async (name, version, variant) => {
      await writeSparseFile(path(name), (await build(version, variant)).img);
      return path(name);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
