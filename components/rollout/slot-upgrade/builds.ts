import { sameBuildOtherImage } from '../../../errors/rollout.ts';

/**
 * Names of builds. A name is what a person gave: two images may bear the same one, and some bear none. Which content a
 * slot holds is decided by digests (`runningIs`); names decide only where no digest is known, and to show.
 */

/**
 * Compares two builds by their names. Pure.
 *
 * @param one, other empty or absent when unknown: that equals no other build, and differs from none.
 */
export function compareBuilds(
  one: string | undefined,
  other: string | undefined,
): 'same' | 'different' | 'unknown' {
  if (!one || !other) return 'unknown';
  return one === other ? 'same' : 'different';
}

/** A build for people. @example shownBuild('') // 'build unknown' */
export function shownBuild(build: string | undefined): string {
  return build === undefined || build === '' ? 'build unknown' : build;
}

/**
 * An image that bears the build name of the one before it, in one line beside a machine's name; undefined for names that
 * differ or are unknown.
 *
 * @param from what the machine runs. @param to what it shall run; digests are SHA-256, absent or empty where unknown.
 * @example describeSameBuild({ build: '7', sha256: 'aa..' }, { build: '7', sha256: 'bb..' })
 *   // 'BF1710: another image under the same build name 7 (SHA-256 aa... -> bb...)'
 */
export function describeSameBuild(from: NamedImage, to: NamedImage): string | undefined {
  if (compareBuilds(from.build, to.build) !== 'same' || from.sha256 === to.sha256) return undefined;
  const short = (digest: string | undefined): string => (digest ? `${digest.slice(0, 12)}...` : 'unknown');
  const digests = `SHA-256 ${short(from.sha256)} -> ${short(to.sha256)}`;
  const detail = `another image under the same build name ${to.build ?? ''} (${digests})`;
  return `${sameBuildOtherImage({ machine: '', detail }).code}: ${detail}`;
}

/** What could not be compared because a build has no name, in words. */
export function unknownBuilds(image: string | undefined, machine: string | undefined): string[] {
  return [image ? '' : 'build of the image', machine ? '' : 'build of the machine'].filter(
    (part) => part !== '',
  );
}

interface NamedImage {
  readonly build?: string | undefined;
  readonly sha256?: string | undefined;
}
