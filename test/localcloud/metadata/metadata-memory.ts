import type { MetadataSource } from '../../../localcloud/metadata/source.ts';
import type { JsonObject } from '../../../localcloud/metadata/text-form.ts';

/** A metadata source in memory, for tests. */
export class MetadataMemory implements MetadataSource {
  conf_: JsonObject | undefined = { id: 'x', name: 'edge-1', tags: ['demo', "it's"], state_detail: '' };
  readonly data = new Map<string, Uint8Array>();
  states: string[] = [];

  conf(): Promise<JsonObject | undefined> {
    return Promise.resolve(this.conf_);
  }
  userDataKeys(): Promise<readonly string[]> {
    return Promise.resolve([...this.data.keys()]);
  }
  userData(_: string, key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.data.get(key));
  }
  setUserData(_: string, key: string, value: Uint8Array): Promise<void> {
    this.data.set(key, value);
    return Promise.resolve();
  }
  deleteUserData(_: string, key: string): Promise<boolean> {
    return Promise.resolve(this.data.delete(key));
  }
  setStateDetail(_: string, detail: string): Promise<void> {
    this.states.push(detail);
    return Promise.resolve();
  }
}
