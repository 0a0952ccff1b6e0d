import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withoutSignature } from '../components/image-artifact/verify.ts';
import { checksumLacking } from '../errors/image.ts';
import type { BootfleetError } from '../errors/error.ts';
import { filesCovered, largestChecksumFile, parseChecksums } from '../transfer/checksum.ts';
import { lookAtFile } from './files.ts';
import { checksumsOf } from './normalise.ts';
import { showPath, type Positions } from './positions.ts';
import type { RawFleet } from './raw-fleet.ts';

/**
 * Files of images with `checksum` that no line of any checksum file is about. The images themselves are not read, so
 * that this is told at once; whether the checksums are right is found at preview.
 */
export function coverageProblems(file: string, raw: RawFleet, positions: Positions): BootfleetError[] {
  return Object.entries(raw.images).flatMap(([name, image]) => {
    const lists = checksumsOf(image);
    const given = [
      { what: 'img', mentioned: image.img },
      ...(image.fs === undefined ? [] : [{ what: 'fs', mentioned: image.fs }]),
    ];
    const names = given.map(({ mentioned }) => path.basename(mentioned));
    const found = lists.map((list) => namesIn(path.resolve(path.dirname(file), list), names));
    if (found.length === 0 || found.includes(undefined)) return [];
    const covered = new Set(found.flatMap((one) => [...(one ?? [])]));
    return given
      .filter(({ mentioned }) => !covered.has(path.basename(mentioned)))
      .map(({ what, mentioned }) => {
        const where = ['images', name, what];
        return checksumLacking({
          file,
          ...positions.value(where),
          path: showPath(where),
          given: mentioned,
          checksums: lists.join(', '),
        });
      });
  });
}

/** The files that a checksum file is about; undefined for one that is missing or unreadable, which is told elsewhere. */
function namesIn(checksumFile: string, names: readonly string[]): ReadonlySet<string> | undefined {
  const found = lookAtFile(checksumFile);
  if (typeof found !== 'object' || found.size > largestChecksumFile) return undefined;
  const text = Buffer.from(withoutSignature(readFileSync(checksumFile))).toString('utf8');
  try {
    return filesCovered(parseChecksums(text), path.basename(checksumFile), names);
  } catch {
    // No checksum file at all: preview says so with BF1107.
    return undefined;
  }
}
