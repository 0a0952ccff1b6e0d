import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { isUnknown } from '../unknown.ts';
import type { ImageFacts, ImageInputs, ImageState } from './args.ts';

/**
 * What a new version of the arguments means. Only contents count: the same files at other paths (another checkout, a
 * renamed folder) are no change, and neither is another slot image. Another fleet or cloud is another bucket, so the object is made anew there.
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

/**
 * What says whether anything changed: what is in the object storage and on the disks that are written from it. Not the
 * slot image, which goes to the machines by their upgrades (states of earlier versions hold its digests too), and not
 * what follows from the rest.
 */
function content(found: ImageFacts | undefined): unknown {
  if (found === undefined) return plain(found);
  const { img, slots, verified } = found;
  // States of earlier versions say of an unknown build that it is empty, and of all files what was proven of one.
  const build = img.build === '' ? undefined : img.build;
  const proof = typeof verified === 'string' ? verified : verified.img;
  return plain({ img: { ...img, rawBlocks: undefined, build }, slots, verified: proof });
}

/** Without prototypes and `undefined`s, which do not survive the way through Pulumi. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
