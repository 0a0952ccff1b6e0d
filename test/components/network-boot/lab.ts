import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Cloud } from '../../../clouds/cloud.ts';
import { connectCloud } from '../../../clouds/connect.ts';
import { ScalewayHttp } from '../../../clouds/scaleway/http.ts';
import { artifactStore } from '../../../components/artifact-store.ts';
import type { Script } from '../../../components/boot-script/args.ts';
import * as bootScript from '../../../components/boot-script/handler.ts';
import type { NetworkBootInputs, NetworkBootState } from '../../../components/network-boot/args.ts';
import * as networkBoot from '../../../components/network-boot/handler.ts';
import { ensureDemoKeys } from '../../../guest/appliance/keys.ts';
import { buildRescue } from '../../../guest/rescue/build-rescue.ts';
import { objectUrl, type Store } from '../../../transfer/object-store.ts';
import { ensureContent } from '../../../transfer/upload.ts';
import { EmbeddedCloud } from './embedded-cloud.ts';

const ref = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;

/** What every kernel of `debian` is given first. */
export const fixedWords = ['console=ttyS0,115200', 'quiet', 'no_timer_check'];

/** One real machine with a real iPXE on an embedded cloud, a store for what it boots, and the state of its boots. */
export class NetworkLab {
  readonly machine = 'live-1';
  readonly cloud: Cloud;
  readonly server: string;
  readonly sshKey: string;
  readonly #embedded: EmbeddedCloud;
  readonly #store: Store;
  #kernel = '';
  #initrd = '';
  #state: NetworkBootState | undefined;

  static async open(): Promise<NetworkLab> {
    const embedded = await EmbeddedCloud.start();
    const store = await artifactStore(ref, { fleet: 'vmtest', project: 'bootfleet', stack: 'vmtest' });
    const keys = await ensureDemoKeys(join(embedded.folder, 'keys'));
    const server = await embedded.newServer('live-1');
    const lab = new NetworkLab(embedded, store, await connectCloud(ref), { server, sshKey: keys.sshKey });
    await lab.#setTags([`AUTHORIZED_KEY=${keys.sshPublicKey.replaceAll(' ', '_')}`]);
    const files = await buildRescue();
    lab.#kernel = await lab.put('test/vmlinuz', await readFile(files.kernel));
    lab.#initrd = await lab.put('test/initrd', await readFile(files.initrd));
    return lab;
  }

  private constructor(
    embedded: EmbeddedCloud,
    store: Store,
    cloud: Cloud,
    { server, sshKey }: { readonly server: string; readonly sshKey: string },
  ) {
    this.#embedded = embedded;
    this.#store = store;
    this.cloud = cloud;
    this.server = server;
    this.sshKey = sshKey;
  }

  async close(): Promise<void> {
    this.#store.client.destroy();
    await this.#embedded.stop();
  }

  /** Addresses for the server of the kernel and the ramdisk of `debian`. */
  get kernel(): string {
    return this.#kernel;
  }

  get initrd(): string {
    return this.#initrd;
  }

  /** What the last boot left in Pulumi's state. */
  get state(): NetworkBootState {
    if (this.#state === undefined) throw new Error('nothing was booted yet');
    return this.#state;
  }

  set state(state: NetworkBootState) {
    this.#state = state;
  }

  /** Boots as `pulumi up` does: creates at first, then updates what is there. */
  async boot(does: Script, rest: Partial<NetworkBootInputs> = {}): Promise<NetworkBootInputs> {
    const { refused, url } = await this.script(does);
    expect(refused).toEqual([]);
    const inputs = this.inputsFor(url, rest);
    expect((await networkBoot.check(inputs, inputs)).failures).toEqual([]);
    const { outs } = this.#state
      ? await networkBoot.update('x', this.#state, inputs)
      : await networkBoot.create(inputs);
    if (!outs) throw new Error('no outputs');
    this.#state = outs;
    return inputs;
  }

  inputsFor(scriptUrl: string, rest: Partial<NetworkBootInputs> = {}): NetworkBootInputs {
    return {
      cloud: ref,
      server: this.server,
      machine: this.machine,
      mode: 'ipxe-console',
      scriptUrl,
      proof: { kind: 'console', pattern: '^bootfleet-rescue: up' },
      within: 120,
      resourceUrn: this.#urn('NetworkBoot'),
      ...rest,
    };
  }

  /** Checks and publishes a script as Pulumi does. @returns the failures, or the script's URL. */
  async script(does: Script): Promise<{ refused: string[]; url: string }> {
    const resourceUrn = this.#urn('BootScript');
    const inputs = { cloud: ref, fleet: 'vmtest', script: this.machine, does, resourceUrn };
    const { failures = [], inputs: checked } = await bootScript.check(inputs, inputs);
    if (failures.length > 0 || !checked) return { refused: failures.map(({ reason }) => reason), url: '' };
    return { refused: [], url: (await bootScript.create(checked)).outs?.url ?? '' };
  }

  debian(words: readonly string[] = []): Script {
    return {
      kind: 'kernel',
      kernel: this.#kernel,
      initrds: [this.#initrd],
      arguments: [...fixedWords, ...words],
    };
  }

  /** Puts an object. @returns its address for the server, with nothing in it escaped. */
  async put(key: string, content: Uint8Array | string): Promise<string> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await ensureContent(this.#store, { key, content: bytes, contentType: 'application/octet-stream' });
    return `${objectUrl(this.#store, 'x', 'servers').slice(0, -1)}${key}`;
  }

  /** What the console showed, by dialogue. */
  async dialogues(): Promise<string[]> {
    const folder = join(this.#embedded.folder, 'data', 'stacks', 'vmtest', 'transcripts', this.machine);
    const names = (await readdir(folder).catch(() => [])).toSorted();
    return Promise.all(names.map(async (name) => shown(await readFile(join(folder, name), 'utf8'))));
  }

  /** The command line as the last kernel got it. */
  async commandLine(): Promise<string> {
    // A console begins with what earlier boots said.
    const last = (await this.dialogues()).at(-1) ?? '';
    const said = [...last.matchAll(/bootfleet-rescue: command-line (.*)\r?\n/g)];
    return said.at(-1)?.[1]?.trimEnd() ?? '';
  }

  async #setTags(tags: readonly string[]): Promise<void> {
    const http = new ScalewayHttp(this.#embedded.endpoints);
    await http.json({
      method: 'PATCH',
      path: `/instance/v1/zones/${ref.zone}/servers/${this.server}`,
      body: { tags },
    });
  }

  #urn(kind: string): string {
    return `urn:pulumi:vmtest::bootfleet::pulumi-nodejs:dynamic/bootfleet:${kind}::${this.machine}`;
  }
}

function shown(cast: string): string {
  const events = cast
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [number, string, string]);
  return events.flatMap(([, kind, text]) => (kind === 'o' ? [text] : [])).join('');
}
