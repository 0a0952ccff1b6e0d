import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import type { BootInputs, BootState } from './args.ts';
import { installId } from './note.ts';

/** What an update would do to a machine; decided offline, from the state and the arguments. */
export interface Changes extends pulumi.dynamic.DiffResult {
  /** Why, for a person; empty when nothing changes. */
  readonly reasons: readonly string[];
  /** The disk will be written. */
  readonly losesData: boolean;
}

/** Arguments whose change is taken over without touching the machine. */
const harmless = ['machine', 'mode', 'ssh', 'waits', 'metadataState'] as const;

/**
 * Compares state and arguments. Pure.
 *
 * Not a change: another image digest, build, size, or script. A new image never reinstalls a machine; only another
 * image name or another `reinstall` does.
 */
export function changesOf(olds: BootState, news: BootInputs): Changes {
  const replaces: string[] = [];
  if (olds.server !== news.server) replaces.push('server');
  if (!isDeepStrictEqual(plain(olds.cloud), plain(news.cloud))) replaces.push('cloud');
  const reasons: string[] = [];
  const wanted = installId(news.image.name, news.reinstall);
  const losesData = olds.install !== wanted;
  if (losesData) {
    reasons.push(
      `its disk will be written with image ${news.image.name}: ALL DATA on ${news.machine} WILL BE LOST`,
    );
  } else if (olds.power !== 'running') {
    reasons.push(`it is ${olds.power}: it will be powered on, its disk is not written`);
  } else if (!olds.reachable) {
    reasons.push(
      'it did not answer over SSH: it will be looked at and, if need be, booted again; its disk is not written',
    );
  }
  for (const name of harmless) {
    if (!isDeepStrictEqual(plain(olds[name]), plain(news[name]))) reasons.push(`${name} changed`);
  }
  return {
    changes: replaces.length > 0 || reasons.length > 0,
    replaces,
    deleteBeforeReplace: false,
    reasons: replaces.length > 0 ? [] : reasons,
    losesData: replaces.length === 0 && losesData,
  };
}

/** Values as they are after a way through Pulumi's state: without `undefined`. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
