import type { JsonObject } from './text-form.ts';

/** Where metadata comes from and goes to: the embedded cloud's store. `id` is the server's. */
export interface MetadataSource {
  /** What `/conf?format=json` shows; `undefined` for a server that is gone. */
  conf(id: string): Promise<JsonObject | undefined>;
  /** Names of the user data, as the API's own list gives them. */
  userDataKeys(id: string): Promise<readonly string[]>;
  userData(id: string, key: string): Promise<Uint8Array | undefined>;
  setUserData(id: string, key: string, value: Uint8Array): Promise<void>;
  /** False when there was none. */
  deleteUserData(id: string, key: string): Promise<boolean>;
  /** The guest's own word on how far it is: `booted`, `kernel started`, ... */
  setStateDetail(id: string, detail: string): Promise<void>;
}
