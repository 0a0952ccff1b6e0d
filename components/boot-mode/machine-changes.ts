import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';

/** What an update would do to a machine; decided offline, from the state and the arguments. */
export interface MachineChanges extends pulumi.dynamic.DiffResult {
  /** Why, for a person; empty when nothing changes, and when the machine is replaced. */
  readonly reasons: readonly string[];
  readonly replaced: boolean;
}

/** Arguments to be compared, and those that name the machine. */
type Arguments<K extends string> = Readonly<Partial<Record<K | 'server' | 'cloud', unknown>>>;

/**
 * Compares the state and the arguments of a machine that is booted by any mode. Pure.
 *
 * @param harmless arguments whose change is taken over without touching the machine.
 * @param reason what is done to the machine itself, and why; `undefined`: nothing.
 */
export function machineChanges<K extends string>(
  olds: Arguments<K>,
  news: Arguments<K>,
  harmless: readonly K[],
  reason: string | undefined,
): MachineChanges {
  const differs = (name: K | 'server' | 'cloud'): boolean =>
    !isDeepStrictEqual(plain(olds[name]), plain(news[name]));
  const replaces = (['server', 'cloud'] as const).filter(differs);
  const changed = harmless.filter(differs).map((name) => `${name} changed`);
  const reasons = reason === undefined ? changed : [reason, ...changed];
  const replaced = replaces.length > 0;
  return {
    changes: replaced || reasons.length > 0,
    replaces,
    deleteBeforeReplace: false,
    reasons: replaced ? [] : reasons,
    replaced,
  };
}

/** Values as they are after a way through Pulumi's state: without `undefined`. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
