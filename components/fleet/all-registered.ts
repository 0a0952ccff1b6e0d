import * as pulumi from '@pulumi/pulumi';
import { programCutOff } from '../../errors/setup.ts';

/** The part of a process that is used; for tests. */
export interface EndingProcess {
  on(event: 'beforeExit' | 'exit', listener: (code: number) => void): unknown;
  exitCode?: number | string | null | undefined;
}

/**
 * Sees to it that a program does not end as if all was well before its resources are registered.
 *
 * When the engine's connection ends early, Pulumi's SDK takes it for the end of the update: it gives up in silence, the
 * program ends with status 0, and the engine, if it is still there, deletes every resource that it was not told of. So
 * a program that is about to end with status 0 is held against its resources: each must have its URN, which it has when
 * the engine has answered.
 *
 * `beforeExit` comes first: Pulumi uses it to tell the engine that the program is done, upon which the engine deletes.
 * `exit` is for programs that call `process.exit` themselves.
 *
 * @param resources by what they are called in a message.
 * @param tell what is said about it goes to the program's standard error, which Pulumi shows at the stack.
 */
export function expectRegistered(
  resources: ReadonlyMap<string, Pick<pulumi.Resource, 'urn'>>,
  tell: (text: string) => void = (text) => process.stderr.write(`${text}\n`),
  ending: EndingProcess = process,
): void {
  const waiting = new Set(resources.keys());
  for (const [name, { urn }] of resources) urn.apply(() => waiting.delete(name));
  const look = (code: number): void => {
    if (code !== 0 || waiting.size === 0) return;
    ending.exitCode = 1;
    const [first = ''] = waiting;
    tell(programCutOff({ missing: waiting.size, all: resources.size, first }).message);
  };
  ending.on('beforeExit', look);
  ending.on('exit', look);
}

/**
 * All resources among a component's nodes, and among theirs, by the way to each; a component may name itself. Pure.
 *
 * @example resourcesIn({ servers: { 'edge-1': server } }) // servers.edge-1, servers.edge-1.disk, ...
 */
export function resourcesIn(nodes: object): Map<string, pulumi.Resource> {
  const found = new Map<string, pulumi.Resource>();
  const seen = new Set<unknown>();
  const look = (value: unknown, way: readonly string[]): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const isResource = pulumi.Resource.isInstance(value);
    if (isResource) found.set(way.join('.'), value);
    const inner = isResource ? (value as { readonly nodes?: object }).nodes : value;
    for (const [key, one] of Object.entries(inner ?? {})) look(one, [...way, key]);
  };
  look(nodes, []);
  return found;
}
