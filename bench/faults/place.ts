import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type CloudApi, cloudApi } from '../../test/e2e/harness/cloud-api.ts';
import { createStack, type TestStack } from '../../test/e2e/harness/stack.ts';
import { type CommandResult, openWorkplace, type Workplace } from '../../test/e2e/harness/workplace.ts';
import { fileOf, type Shape } from './shape.ts';

/**
 * A worker's embedded cloud with machines that only play a boot, and its stack. Everything else is real: CLI, program,
 * providers, daemon, object storage, consoles, SSH.
 */
export class FaultsPlace {
  readonly #place: Workplace;
  #api: CloudApi;
  #alive = true;
  readonly stack: TestStack;

  /** @param images folder with the images and keys that the fleet file names; see makeFaultImages */
  static async open(images: string, shape: Shape): Promise<FaultsPlace> {
    const place = await openWorkplace();
    const endpoints = await place.startCloud({ machines: 'scripted' });
    for (const name of ['images', 'keys']) await symlink(join(images, name), join(place.folder, name));
    return new FaultsPlace(place, cloudApi(place, endpoints), await createStack(place, fileOf(shape)));
  }

  private constructor(place: Workplace, api: CloudApi, stack: TestStack) {
    this.#place = place;
    this.#api = api;
    this.stack = stack;
  }

  get api(): CloudApi {
    return this.#api;
  }

  get mark(): string {
    return this.#place.mark;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#place.env;
  }

  /** Kills the daemon, once. Its machines go with it: they are only played by it. */
  async killCloud(): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    await this.#place.killCloud();
  }

  /** Starts the daemon again if it was killed. @returns whether it was */
  async startCloud(): Promise<boolean> {
    if (this.#alive) return false;
    this.#api = cloudApi(this.#place, await this.#place.startCloud({ machines: 'scripted' }));
    this.#alive = true;
    return true;
  }

  bootfleet(args: readonly string[]): Promise<CommandResult> {
    return this.#place.bootfleet(args);
  }

  /** Everything of the place is ended and removed. @throws when a process was left */
  close(): Promise<void> {
    return this.#place.close();
  }

  /** Where it lies, as long as it is not closed. */
  get folder(): string {
    return this.#place.folder;
  }
}
