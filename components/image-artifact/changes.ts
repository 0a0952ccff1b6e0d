import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { isUnknown } from '../unknown.ts';
import type { ImageInputs, ImageState } from './args.ts';

/**
 * What a new version of the arguments means. Only contents count: the same files at other paths (another checkout, a
 * renamed folder) are no change. Another fleet or cloud is another bucket, so the object is made anew there.
 */
export function changesOf(olds: ImageState, news: ImageInputs): pulumi.dynamic.DiffResult {
  if (isUnknown(news)) return { changes: true };
  const replaces = [
    ...(isDeepStrictEqual({ ...olds.cloud }, { ...news.cloud }) ? [] : ['cloud']),
    ...(olds.fleet === news.fleet ? [] : ['fleet']),
    ...(olds.artifact === news.artifact ? [] : ['artifact']),
  ];
  const same = isDeepStrictEqual(plain(olds.found), plain(news.found));
  return { changes: !same || replaces.length > 0, replaces, deleteBeforeReplace: false };
}

/** Without prototypes and `undefined`s, which do not survive the way through Pulumi. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
