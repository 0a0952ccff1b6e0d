import * as pulumi from '@pulumi/pulumi';
import { programCutOff } from '../../errors/setup.ts';

/** The part of a process that is used; for tests. */
export interface EndingProcess {
  readonly pid: number;
  on(event: 'beforeExit' | 'exit', listener: (code: number) => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: () => void): unknown;
  removeAllListeners(event: 'uncaughtException' | 'unhandledRejection'): unknown;
  once(event: 'SIGINT', listener: () => void): unknown;
  kill(pid: number, signal: 'SIGINT'): unknown;
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
 * When a resource fails, Pulumi sends SIGINT as soon as no other one is being made, and SIGKILL five seconds later.
 * `beforeExit` comes first: Pulumi uses it to tell the engine that the program is done, upon which the engine deletes.
 * `exit` is for programs that call `process.exit` themselves.
 *
 * @param resources by what they are called in a message.
 * @param onCutOff called once before an end, with the names of those without a URN, whatever the status. It has less than
 * five seconds, and must not reject.
 * @param tell what is said about it goes to the program's standard error, which Pulumi shows at the stack.
 */
export function expectRegistered(
  resources: ReadonlyMap<string, Pick<pulumi.Resource, 'urn'>>,
  onCutOff: (missing: ReadonlySet<string>) => Promise<void> | undefined = () => undefined,
  tell: (text: string) => void = (text) => process.stderr.write(`${text}\n`),
  ending: EndingProcess = process,
): void {
  const waiting = new Set(resources.keys());
  for (const [name, { urn }] of resources) urn.apply(() => waiting.delete(name));
  let interrupted = false;
  const look = (code: number): void => {
    if (code !== 0 || waiting.size === 0 || interrupted) return;
    ending.exitCode = 1;
    const [first = ''] = waiting;
    tell(programCutOff({ missing: waiting.size, all: resources.size, first }).message);
  };
  let cutOff: Promise<void> | undefined;
  const once = (): Promise<void> => (cutOff ??= onCutOff(waiting) ?? Promise.resolve());
  ending.on('beforeExit', look);
  ending.on('beforeExit', () => {
    // What it starts keeps the process; `beforeExit` comes again afterwards.
    if (waiting.size > 0) void once();
  });
  ending.on('exit', look);
  ending.once('SIGINT', () => {
    interrupted = true;
    // The engine answers no more: what waits for it fails now, and Pulumi would tell each as an error of the program.
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      ending.removeAllListeners(event);
      ending.on(event, () => undefined);
    }
    const end = (): void => void ending.kill(ending.pid, 'SIGINT');
    if (waiting.size === 0) end();
    else void once().finally(end);
  });
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
