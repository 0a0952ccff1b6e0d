import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { isUnknown } from '../unknown.ts';
import type { NetworkBootInputs, NetworkBootState } from './args.ts';
import { bootId } from './note.ts';

/** What an update would do to a machine; decided offline, from the state and the arguments. */
export interface Changes extends pulumi.dynamic.DiffResult {
  /** Why, for a person; empty when nothing changes. */
  readonly reasons: readonly string[];
  /** The machine will be booted again. */
  readonly boots: boolean;
}

/** Arguments whose change is taken over without booting the machine. */
const harmless = ['machine', 'mode', 'proof', 'within', 'ssh', 'waits'] as const;

/** Compares state and arguments. Pure. A script that is about to be published anew is another one. */
export function changesOf(olds: NetworkBootState, news: NetworkBootInputs): Changes {
  const replaces: string[] = [];
  if (olds.server !== news.server) replaces.push('server');
  if (!isDeepStrictEqual(plain(olds.cloud), plain(news.cloud))) replaces.push('cloud');
  const reasons: string[] = [];
  const another = isUnknown(news.scriptUrl) || olds.boot !== bootId(news.scriptUrl, news.restart);
  const lost = 'it will be booted again from the network, and what it holds in memory only is lost';
  if (another) reasons.push(`what it boots changed: ${lost}`);
  else if (olds.power !== 'running') reasons.push(`it is ${olds.power}: it will be booted from the network`);
  else if (!olds.proven)
    reasons.push(`it was not found as it should be: it will be looked at, and if need be ${lost}`);
  for (const name of harmless) {
    if (!isDeepStrictEqual(plain(olds[name]), plain(news[name]))) reasons.push(`${name} changed`);
  }
  return {
    changes: replaces.length > 0 || reasons.length > 0,
    replaces,
    deleteBeforeReplace: false,
    reasons: replaces.length > 0 ? [] : reasons,
    boots: replaces.length === 0 && another,
  };
}

/** Values as they are after a way through Pulumi's state: without `undefined`. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
