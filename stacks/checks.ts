import { serverTypeNamed, serverTypes } from '../clouds/scaleway/server-types.ts';
import { buildName } from '../components/image-artifact/build-name.ts';
import {
  buildContradicted,
  checksumNeeded,
  diskTooLarge,
  notUpgradable,
  slotImageNeeded,
  unknownImage,
  unknownServer,
  unknownServerType,
  wavesIncomplete,
  type Place,
} from '../errors/fleet-file.ts';
import type { BootfleetError } from '../errors/error.ts';
import { nearestWord } from '../errors/nearest-name.ts';
import { bootProblems } from './boot-checks.ts';
import { showPath, type JsonPath, type Positions } from './positions.ts';
import { serverNames, type RawFleet } from './raw-fleet.ts';
import { unreached } from './waves.ts';
import { windowProblems } from './windows.ts';

/** What a schema cannot say: names that must exist, once, and sizes that must fit. Pure. */
export function meaningProblems(file: string, raw: RawFleet, positions: Positions): BootfleetError[] {
  return [...ownProblems(file, raw, positions), ...rolloutProblems(raw, placesIn(file, positions))];
}

/**
 * The same about images, groups of servers and windows alone, each by itself. Pure.
 *
 * @param unsound groups whose `boot` the schema refused: what is left of it says nothing.
 */
export function ownProblems(
  file: string,
  raw: RawFleet,
  positions: Positions,
  unsound: ReadonlySet<string> = new Set(),
): BootfleetError[] {
  const at = placesIn(file, positions);
  const key = (path: JsonPath): Place => ({ file, ...positions.key(path), path: showPath(path) });
  const boots = Object.entries(raw.servers)
    .filter(([group]) => !unsound.has(group))
    .flatMap(([group, it]) => bootProblems(group, it, { value: at, key }));
  return [...imageProblems(raw, at), ...groupProblems(raw, at), ...boots, ...windowProblems(raw, at)];
}

function placesIn(file: string, positions: Positions): At {
  return (path) => ({ file, ...positions.value(path), path: showPath(path) });
}

type At = (path: JsonPath) => Place;

function imageProblems(raw: RawFleet, at: At): BootfleetError[] {
  return Object.entries(raw.images).flatMap(([name, { fs, build, signature, checksum }]) => {
    const named = fs === undefined ? undefined : buildName(fs);
    return [
      ...(signature !== undefined && checksum === undefined
        ? [checksumNeeded(at(['images', name, 'signature']))]
        : []),
      ...(fs !== undefined && build !== undefined && named !== undefined && named !== String(build)
        ? [buildContradicted({ ...at(['images', name, 'build']), build: String(build), fs, named })]
        : []),
    ];
  });
}

function groupProblems(raw: RawFleet, at: At): BootfleetError[] {
  const problems: BootfleetError[] = [];
  for (const [group, { type, image, disk, boot }] of Object.entries(raw.servers)) {
    const known = serverTypeNamed(type);
    if (!known) {
      const nearest =
        nearestWord(
          type,
          serverTypes.map(({ name }) => name),
        ) ?? '';
      problems.push(unknownServerType({ ...at(['servers', group, 'type']), type, nearest }));
    } else if (disk !== undefined && known.storage === 'l_ssd' && disk > known.disk) {
      problems.push(diskTooLarge({ ...at(['servers', group, 'disk']), type, disk, largest: known.disk }));
    }
    if (image !== undefined && boot.script === 'flash-image' && !Object.hasOwn(raw.images, image))
      problems.push(imageUnknown(raw, at(['servers', group, 'image']), image));
  }
  return problems;
}

function rolloutProblems(raw: RawFleet, at: At): BootfleetError[] {
  const { waves = [], exclude = [], pins = {} } = raw.rollout ?? {};
  const servers = Object.entries(raw.servers).flatMap(([group, { count }]) => serverNames(group, count));
  const mentions: [JsonPath, string][] = [
    ...waves.flatMap((wave, i): [JsonPath, string][] =>
      typeof wave === 'object' ? wave.map((name, j) => [['rollout', 'waves', i, j], name]) : [],
    ),
    ...exclude.map((name, i): [JsonPath, string] => [['rollout', 'exclude', i], name]),
    ...Object.keys(pins).map((name): [JsonPath, string] => [['rollout', 'pins', name], name]),
  ];
  const upgraded = Object.entries(raw.servers)
    .filter(([, { boot }]) => boot.script === 'flash-image')
    .flatMap(([group, { count }]) => serverNames(group, count));
  const problems = mentions
    .filter(([, name]) => !upgraded.includes(name))
    .map(([path, server]) =>
      servers.includes(server)
        ? notUpgradable({ ...at(path), server })
        : unknownServer({ ...at(path), server, nearest: nearestWord(server, upgraded) ?? '' }),
    );
  for (const [server, image] of Object.entries(pins)) {
    const place = at(['rollout', 'pins', server]);
    if (!Object.hasOwn(raw.images, image)) problems.push(imageUnknown(raw, place, image));
    else if (raw.images[image]?.fs === undefined) problems.push(slotImageNeeded({ ...place, group: image }));
  }
  const missing = unreached(
    waves,
    upgraded.filter((name) => !exclude.includes(name)),
  );
  if (waves.length > 0 && missing.length > 0) {
    const shown =
      missing.length > 5
        ? `${missing.slice(0, 5).join(', ')} and ${missing.length - 5} more`
        : missing.join(', ');
    problems.push(wavesIncomplete({ ...at(['rollout', 'waves']), missing: shown }));
  }
  return problems;
}

function imageUnknown(raw: RawFleet, place: Place, image: string): BootfleetError {
  const known = Object.keys(raw.images);
  return unknownImage({ ...place, image, known: known.join(', '), nearest: nearestWord(image, known) ?? '' });
}
