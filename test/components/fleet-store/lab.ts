import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import type { CloudRef } from '../../../clouds/cloud.ts';
import { artifactStore } from '../../../components/artifact-store.ts';
import type { ImageInputs } from '../../../components/image-artifact/args.ts';
import type { ScriptInputs } from '../../../components/boot-script/args.ts';
import type { StoreInputs } from '../../../components/fleet-store/args.ts';
import type { Store } from '../../../transfer/object-store.ts';
import { MemoryStore } from '../../transfer/memory-store.ts';

/** The real handlers of what lies in a fleet's bucket, on an object store in memory. */
export class StoreLab {
  readonly cloud: CloudRef = { kind: 'scaleway', zone: 'fr-par-1' };
  readonly server: MemoryStore;
  readonly folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-store-'));

  private constructor(server: MemoryStore) {
    this.server = server;
    vi.stubEnv('BOOTFLEET_S3_ENDPOINT', server.endpoint);
    vi.stubEnv('BOOTFLEET_DATA', path.join(this.folder, 'data'));
    vi.stubEnv('SCW_ACCESS_KEY', 'SCWTEST');
    vi.stubEnv('SCW_SECRET_KEY', 'secret');
    vi.stubEnv('SCW_DEFAULT_PROJECT_ID', 'project');
  }

  static async open(): Promise<StoreLab> {
    return new StoreLab(await MemoryStore.start());
  }

  async close(): Promise<void> {
    vi.unstubAllEnvs();
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  /** The fleet's own. Close it with `client.destroy()`. */
  store(): Promise<Store> {
    return artifactStore(this.cloud, { fleet: 'demo', project: 'bootfleet', stack: 'test' });
  }

  storeInputs(): StoreInputs {
    return { cloud: this.cloud, fleet: 'demo', resourceUrn: urn('FleetStore', 'demo') };
  }

  /** An image of random bytes. */
  imageInputs(): ImageInputs {
    const content = randomBytes(1000);
    const img = path.join(this.folder, 'edge.img');
    writeFileSync(img, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const facts = { size: 1000, sha256, rawSize: 1000, rawSha256: sha256 };
    return {
      cloud: this.cloud,
      fleet: 'demo',
      artifact: 'edge',
      img,
      checksums: [],
      resourceUrn: urn('ImageArtifact', 'edge'),
      found: { img: { format: 'raw', ...facts }, slots: [], verified: { img: 'none' } },
    };
  }

  scriptInputs(does: ScriptInputs['does']): ScriptInputs {
    const resourceUrn = urn('BootScript', 'live.boot');
    return { cloud: this.cloud, fleet: 'demo', script: 'live.boot', does, resourceUrn };
  }
}

function urn(kind: string, name: string): string {
  return `urn:pulumi:test::bootfleet::pulumi-nodejs:dynamic/bootfleet:${kind}::${name}`;
}
