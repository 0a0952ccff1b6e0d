import { resolveEndpoints } from '../clouds/scaleway/endpoints.ts';
import { ScalewayHttp } from '../clouds/scaleway/http.ts';
import { standInType } from '../errors/setup.ts';
import { connectionSettings } from './config.ts';
import type { Connection, ResourceType } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';
import { checkFields, type CheckProblem } from './schema/check.ts';
import {
  type Difference,
  difference,
  differenceOf,
  inputsOf,
  previewCreate,
  previewUpdate,
} from './schema/diff.ts';
import type { Values } from './schema/fields.ts';
import { automaticName } from './schema/name.ts';

/** A resource that was created but not finished: Pulumi keeps it in the state and tries again. */
export class Unfinished extends Error {
  readonly id: string;
  readonly state: Values;

  constructor(id: string, state: Values, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.id = id;
    this.state = state;
  }
}

/** The stand-in's behaviour, without the protocol around it (rpc/). */
export class StandInProvider {
  #connection: Connection | undefined;
  #given: Values = {};

  /** Takes the provider's arguments. The cloud is looked up at the first request, so that a preview of nothing needs none. */
  configure(given: Values): void {
    this.#given = given;
    this.#connection = undefined;
  }

  check(
    token: string,
    name: string,
    oldInputs: Values,
    news: Values,
    seed: Uint8Array,
  ): { inputs: Values; problems: CheckProblem[] } {
    const type = typeOf(token);
    const given = Object.fromEntries(
      Object.entries(news).filter(([key, value]) => value !== null && key !== '__defaults'),
    );
    const named = 'name' in type.fields && given['name'] === undefined;
    const inputs = named ? { ...given, name: automaticName(name, oldInputs, seed) } : given;
    const refused = (type.refused ?? []).filter((property) => inputs[property] !== undefined);
    const problems = [
      ...refused.map((property) => ({ property, reason: 'the embedded cloud does not have this' })),
      ...checkFields(
        type.fields,
        Object.fromEntries(Object.entries(inputs).filter(([one]) => !refused.includes(one))),
      ),
    ];
    return { inputs, problems: problems.length > 0 ? problems : [...(type.checkTogether?.(inputs) ?? [])] };
  }

  /** What an update would do. @throws what the cloud says against it, as the real provider's preview does. */
  async diff(
    token: string,
    id: string,
    state: Values,
    inputs: Values,
    ignored: readonly string[],
  ): Promise<Difference> {
    const found = this.#difference(token, state, inputs, ignored);
    const why =
      found.changed.length > 0
        ? await typeOf(token).refusedChange?.(() => this.#connect(), id, inputs, found)
        : undefined;
    if (why !== undefined) throw new Error(why);
    return found;
  }

  #difference(token: string, state: Values, inputs: Values, ignored: readonly string[]): Difference {
    const type = typeOf(token);
    const found = difference(type.fields, state, inputs, ignored);
    const more = type.replacesFor?.(inputs, state, found.changed) ?? [];
    const paths = Object.entries(found.paths).map(([path, replaces]) => [
      path,
      replaces || more.some((one) => path === one || path.startsWith(`${one}.`)),
    ]);
    return differenceOf(Object.fromEntries(paths) as Record<string, boolean>);
  }

  async create(token: string, inputs: Values, preview: boolean): Promise<{ id: string; state: Values }> {
    const type = typeOf(token);
    if (preview) return { id: '', state: previewCreate(type.fields, type.outputs, inputs) };
    const connection = await this.#connect();
    const id = await type.create(connection, inputs);
    try {
      await type.finish?.(connection, id, inputs);
      return { id, state: await outputs(type, connection, id, inputs) };
    } catch (error) {
      throw new Unfinished(id, { ...inputs }, error);
    }
  }

  /** @returns `undefined` when it is gone. */
  async read(
    token: string,
    id: string,
    state: Values,
    inputs: Values,
  ): Promise<{ state: Values; inputs: Values } | undefined> {
    const type = typeOf(token);
    const found = await type.read(await this.#connect(), id, { ...inputs, ...state });
    return found && { state: found, inputs: inputsOf(type.fields, found, inputs) };
  }

  async update(
    token: string,
    id: string,
    state: Values,
    inputs: Values,
    ignored: readonly string[],
    preview: boolean,
  ): Promise<Values> {
    const type = typeOf(token);
    const { changed } = this.#difference(token, state, inputs, ignored);
    if (preview) return previewUpdate(type.fields, state, inputs, changed);
    const connection = await this.#connect();
    if (changed.length > 0) await type.update(connection, id, inputs, changed, state);
    return await outputs(type, connection, id, { ...state, ...inputs });
  }

  async remove(token: string, id: string, state: Values): Promise<void> {
    await typeOf(token).remove(await this.#connect(), id, state);
  }

  async #connect(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const cloud = await resolveEndpoints({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' });
    const settings = connectionSettings(this.#given, process.env, cloud);
    const { projectId, zone } = settings;
    this.#connection = { http: new ScalewayHttp(settings), projectId, zone };
    return this.#connection;
  }
}

async function outputs(
  type: ResourceType,
  connection: Connection,
  id: string,
  known: Values,
): Promise<Values> {
  const found = await type.read(connection, id, known);
  if (found === undefined) throw new Error(`${type.token} ${id} vanished while it was worked on`);
  return found;
}

/** @throws BF1910 */
function typeOf(token: string): ResourceType {
  const type = resourceTypes.get(token);
  if (type === undefined) throw standInType({ type: token, known: [...resourceTypes.keys()].join(', ') });
  return type;
}
