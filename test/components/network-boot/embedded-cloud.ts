import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CloudEndpoints, resolveEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import { ScalewayHttp } from '../../../clouds/scaleway/http.ts';
import type { BootInputs, BootState } from '../../../components/boot-mode/args.ts';
import * as bootMode from '../../../components/boot-mode/handler.ts';
import * as bootScript from '../../../components/boot-script/handler.ts';
import type { FileFacts } from '../../../components/image-artifact/args.ts';
import * as imageArtifact from '../../../components/image-artifact/handler.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { quickImage } from '../../guest/support/quick-image.ts';

const run = promisify(execFile);
const cloud = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;
const fleet = 'vmtest';
const urn = (kind: string, name: string): string =>
  `urn:pulumi:vmtest::bootfleet::pulumi-nodejs:dynamic/bootfleet:${kind}::${name}`;

/** The real embedded cloud in a folder of its own, with an image published in it. */
export class EmbeddedCloud {
  readonly folder: string;
  readonly endpoints: CloudEndpoints;
  readonly #http: ScalewayHttp;
  readonly #published = new Map<number, { url: string; found: FileFacts }>();

  private constructor(folder: string, endpoints: CloudEndpoints) {
    this.folder = folder;
    this.endpoints = endpoints;
    this.#http = new ScalewayHttp(endpoints);
  }

  /** Starts it. This process's BOOTFLEET_HOME and BOOTFLEET_DATA point into its folder from then on. */
  static async start(): Promise<EmbeddedCloud> {
    const folder = await mkdtemp(join(tmpdir(), 'bootfleet-vm-'));
    process.env['BOOTFLEET_HOME'] = join(folder, 'home');
    process.env['BOOTFLEET_DATA'] = join(folder, 'data');
    await run('bin/bootfleet', ['local', 'start']);
    return new EmbeddedCloud(folder, await resolveEndpoints(cloud));
  }

  /** Ends it with everything in it. */
  async stop(): Promise<void> {
    await run('bin/bootfleet', ['local', 'stop']);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Builds a version of the stand-in image and publishes it with its boot script. */
  async publish(
    version: number,
    variant = 'good',
  ): Promise<Pick<BootInputs, 'scriptUrl' | 'blankDiskScriptUrl' | 'image' | 'ssh'>> {
    const out = join(this.folder, 'images', `${variant}-${version}`);
    const keys = join(this.folder, 'keys');
    const name = `edge-${variant}-${version}`;
    const date = `2026112${version}_0900`;
    await run(process.execPath, [
      'guest/appliance/build.ts',
      ...['--version', String(version), '--variant', variant, '--out', out, '--keys', keys, '--date', date],
      ...quickImage,
    ]);
    const file = variant === 'good' ? `edge-${date}` : `edge-${date}-${variant}`;
    const checked = await imageArtifact.check(undefined as never, {
      cloud,
      fleet,
      artifact: name,
      img: join(out, `${file}.img`),
      checksums: [],
      resourceUrn: urn('ImageArtifact', name),
    });
    const image = (await imageArtifact.create(checked.inputs as never)).outs;
    const found = image?.found?.img;
    if (!image || !found) throw new Error(`no facts about ${file}: ${JSON.stringify(checked.failures)}`);
    this.#published.set(version, { url: image.url, found });
    const does = {
      kind: 'flash-image',
      image: { url: image.url, sha256: found.rawSha256, size: found.rawSize, format: found.format },
    } as const;
    const script = await bootScript.create({
      cloud,
      fleet,
      script: name,
      does,
      resourceUrn: urn('BootScript', name),
    });
    if (!script.outs) throw new Error('no boot script');
    return {
      scriptUrl: script.outs.url,
      blankDiskScriptUrl: script.outs.urlForBlankDisk,
      image: { name: 'edge', sha256: found.rawSha256, bytes: found.rawSize, build: date },
      ssh: { user: 'root', keyFile: join(keys, 'edge_ed25519') },
    };
  }

  /** A boot script that asks for another digest than the image in the storage has. */
  async publishWrongDigest(version: number): Promise<Pick<BootInputs, 'scriptUrl' | 'blankDiskScriptUrl'>> {
    const { url, found } = this.#published.get(version) ?? {};
    if (url === undefined || found === undefined) throw new Error(`version ${version} is not published`);
    const does = {
      kind: 'flash-image',
      image: { url, sha256: '0'.repeat(64), size: found.rawSize, format: found.format },
    } as const;
    const script = await bootScript.create({
      cloud,
      fleet,
      script: 'altered',
      does,
      resourceUrn: urn('BootScript', 'altered'),
    });
    return { scriptUrl: script.outs?.url ?? '', blankDiskScriptUrl: undefined };
  }

  /** A new server with a blank disk, switched off. @param gigabytes of its disk. */
  async newServer(name: string, gigabytes = 2): Promise<string> {
    const post = async (path: string, body: object): Promise<Record<string, { id: string }>> => {
      const answer = await this.#http.json({
        method: 'POST',
        path: `/instance/v1/zones/${cloud.zone}/${path}`,
        body,
      });
      return answer as Record<string, { id: string }>;
    };
    const project = this.endpoints.projectId;
    const tags = ['bootfleet', `fleet:${fleet}`];
    const { ip } = await post('ips', { project, type: 'routed_ipv4', tags });
    const { volume } = await post('volumes', {
      name,
      project,
      volume_type: 'l_ssd',
      size: gigabytes * 1e9,
      tags,
    });
    await poll({
      deadline: Deadline.after(30),
      every: 0.05,
      onTimeout: () => new Error('the volume does not become available'),
      probe: async () => {
        const path = `/instance/v1/zones/${cloud.zone}/volumes/${volume?.id ?? ''}`;
        const answer = await this.#http.json<{ volume: { state: string } }>({ method: 'GET', path });
        return answer?.volume.state === 'available' ? true : undefined;
      },
    });
    const { server } = await post('servers', {
      name,
      project,
      commercial_type: 'START1-XS',
      tags,
      public_ips: [ip?.id],
      volumes: { 0: { id: volume?.id } },
    });
    return server?.id ?? '';
  }

  inputs(
    server: string,
    machine: string,
    rest: Omit<BootInputs, 'cloud' | 'server' | 'machine' | 'mode' | 'resourceUrn'>,
  ): BootInputs {
    return { cloud, server, machine, mode: 'ipxe-console', resourceUrn: urn('BootMode', machine), ...rest };
  }

  async boot(inputs: BootInputs): Promise<BootState> {
    const { outs } = await bootMode.create(inputs);
    if (!outs) throw new Error('no outputs');
    return outs;
  }
}
