import { accessSync, constants, readdirSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { fileMissing, fileUnreachable, keyFileOpen } from '../errors/fleet-file.ts';
import type { BootfleetError } from '../errors/error.ts';
import { nearestWord } from '../errors/nearest-name.ts';
import { checksumsOf } from './normalise.ts';
import { showPath, type JsonPath, type Positions } from './positions.ts';
import type { RawFleet } from './raw-fleet.ts';

/** Looks for every file that a fleet file names, and at who may read its private keys. */
export function fileProblems(file: string, raw: RawFleet, positions: Positions): BootfleetError[] {
  return mentionedFiles(raw).flatMap(({ path: where, given, isKey }) => {
    const place = { file, ...positions.value(where), path: showPath(where) };
    const resolved = path.resolve(path.dirname(file), given);
    const found = lookAtFile(resolved);
    if (typeof found === 'string') return [fileUnreachable({ ...place, given, resolved, code: found })];
    if (found === undefined)
      return [fileMissing({ ...place, given, resolved, nearest: nearestFile(given, resolved) })];
    const mode = found.mode & 0o777;
    if (isKey && (mode & 0o077) !== 0)
      return [keyFileOpen({ ...place, given, mode: `0${mode.toString(8)}` })];
    return [];
  });
}

/** A file that can be read; `undefined` when there is none; the system's error code when that cannot be done. */
export function lookAtFile(file: string): Stats | string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found?.isFile()) return undefined;
    accessSync(file, constants.R_OK);
    return found;
  } catch (error) {
    // It belongs to somebody else, a folder on the way may not be searched, a name is too long, links go in a circle.
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code;
  }
}

interface Mention {
  readonly path: JsonPath;
  readonly given: string;
  readonly isKey: boolean;
}

function mentionedFiles(raw: RawFleet): Mention[] {
  const plain = (where: JsonPath, given: string | undefined): Mention[] =>
    given === undefined ? [] : [{ path: where, given, isKey: false }];
  return [
    ...Object.entries(raw.images).flatMap(([name, image]) => [
      ...plain(['images', name, 'img'], image.img),
      ...plain(['images', name, 'fs'], image.fs),
      ...checksumsOf(image).flatMap((given, i) =>
        plain(
          typeof image.checksum === 'string' ? ['images', name, 'checksum'] : ['images', name, 'checksum', i],
          given,
        ),
      ),
      ...plain(['images', name, 'signature', 'signify'], image.signature?.signify),
    ]),
    ...Object.entries(raw.servers).flatMap(([name, { ssh }]): Mention[] =>
      ssh ? [{ path: ['servers', name, 'ssh', 'key'], given: ssh.key, isKey: true }] : [],
    ),
  ];
}

/** The file beside it whose name is nearest, written as the user wrote the path. */
function nearestFile(given: string, resolved: string): string {
  let names: string[];
  try {
    names = readdirSync(path.dirname(resolved));
  } catch {
    // The folder is missing too; there is nothing to suggest.
    return '';
  }
  const nearest = nearestWord(path.basename(resolved), names);
  return nearest === undefined ? '' : path.join(path.dirname(given), nearest);
}
