import type { ScalewayHttp } from '../clouds/scaleway/http.ts';
import type { Difference } from './schema/diff.ts';
import type { Fields, Values } from './schema/fields.ts';

/** What a resource type needs to talk to the cloud. */
export interface Connection {
  readonly http: ScalewayHttp;
  readonly projectId: string;
  /** Used where a resource names none. */
  readonly zone: string;
}

/** One resource type of the Scaleway provider, as far as the embedded cloud has it. */
export interface ResourceType {
  /** Example: `scaleway:instance/ip:Ip`. */
  readonly token: string;
  readonly fields: Fields;
  /** Arguments of the real provider that the embedded cloud has no machinery for: refused, not ignored. */
  readonly refused?: readonly string[];
  /** Outputs that are not arguments. */
  readonly outputs: readonly string[];
  /** Makes it and returns its id (with its zone) as soon as it has one; `finish` does the rest. */
  create(connection: Connection, inputs: Values): Promise<string>;
  /** What has to follow creation. When it fails, the resource exists and Pulumi is told so. */
  finish?(connection: Connection, id: string, inputs: Values): Promise<void>;
  /**
   * What the cloud says now, as outputs; `undefined` when it is gone.
   * @param known outputs and arguments in the state, for what the cloud does not tell.
   */
  read(connection: Connection, id: string, known: Values): Promise<Values | undefined>;
  /** Changes the named arguments of an existing one. */
  update(
    connection: Connection,
    id: string,
    inputs: Values,
    changed: readonly string[],
    state: Values,
  ): Promise<void>;
  /** Deletes it; fine when it is gone already. */
  remove(connection: Connection, id: string, state: Values): Promise<void>;
  /** Arguments that need a new resource only for some values. */
  replacesFor?(inputs: Values, state: Values, changed: readonly string[]): readonly string[];
  /**
   * Why the cloud would not make a change, found out at preview; `undefined` when it would.
   * @param connect looks up the cloud; only called when something has to be asked.
   */
  refusedChange?(
    connect: () => Promise<Connection>,
    id: string,
    inputs: Values,
    found: Difference,
  ): Promise<string | undefined>;
  /** What is wrong with the arguments taken together. */
  checkTogether?(inputs: Values): readonly { readonly property: string; readonly reason: string }[];
}

/** Zone and bare id out of an id; ids without a zone are in the provider's zone. */
export function splitId(
  id: string,
  connection: Connection,
): { readonly zone: string; readonly bare: string } {
  const slash = id.indexOf('/');
  return slash < 0
    ? { zone: connection.zone, bare: id }
    : { zone: id.slice(0, slash), bare: id.slice(slash + 1) };
}

/** The answer to a request that always has one; `undefined` is only for 404s that were asked for. */
export function answered<T>(answer: T | undefined): T {
  if (answer === undefined) throw new Error('a request without orNothing answered nothing');
  return answer;
}
