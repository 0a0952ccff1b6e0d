import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { isUnknown } from '../unknown.ts';
import type { FileFacts, ImageFacts, ImageInputs, ImageState } from './args.ts';

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
  const same = isDeepStrictEqual(content(olds.found), content(news.found));
  return { changes: !same || replaces.length > 0, replaces, deleteBeforeReplace: false };
}

/** What says whether anything changed: not what follows from the rest, and is absent in states of earlier versions. */
function content(found: ImageFacts | undefined): unknown {
  const essence = (file: FileFacts | undefined): unknown => file && { ...file, rawBlocks: undefined };
  return plain(found && { ...found, img: essence(found.img), fs: essence(found.fs) });
}

/** Without prototypes and `undefined`s, which do not survive the way through Pulumi. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
