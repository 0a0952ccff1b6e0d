import { serverTypeNamed, serverTypes } from '../clouds/scaleway/server-types.ts';
import { reservedTag } from '../components/fleet/naming.ts';
import { buildName } from '../components/image-artifact/build-name.ts';
import { mostOfCounts } from '../components/rollout/policy-limits.ts';
import { divideIntoWaves } from '../components/rollout/plan/waves.ts';
import { resolvePolicy } from '../components/rollout/policy.ts';
import { upgradable } from '../components/rollout/upgradable.ts';
import {
  buildContradicted,
  checksumNeeded,
  diskTooLarge,
  fleetTooLarge,
  notUpgradable,
  slotImageNeeded,
  tagNotYours,
  unknownImage,
  unknownServer,
  unknownServerType,
  waveMeaningless,
  wavesIncomplete,
  withoutSlotImage,
  type Place,
} from '../errors/fleet-file.ts';
import type { BootfleetError } from '../errors/error.ts';
import { nearestWord } from '../errors/nearest-name.ts';
import { bootProblems } from './boot-checks.ts';
import { showPath, type JsonPath, type Positions } from './positions.ts';
import { serverNames, type RawFleet } from './raw-fleet.ts';
import { windowProblems } from './windows.ts';

/** What a schema cannot say: names that must exist, once, and sizes that must fit. Pure. */
export function meaningProblems(file: string, raw: RawFleet, positions: Positions): BootfleetError[] {
  const at = placesIn(file, positions);
  const tooLarge = sizeProblems(raw, at);
  // Nothing is said of the servers one by one when they are too many.
  const more = tooLarge.length > 0 ? tooLarge : rolloutProblems(raw, at);
  return [...ownProblems(file, raw, positions), ...more];
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

/** Told of the first group that is too much. */
function sizeProblems({ servers }: RawFleet, at: At): BootfleetError[] {
  let sum = 0;
  for (const [group, { count }] of Object.entries(servers)) {
    sum += count;
    if (sum > mostOfCounts)
      return [fleetTooLarge({ ...at(['servers', group, 'count']), servers: sum, most: mostOfCounts })];
  }
  return [];
}

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
  for (const [group, { type, image, disk, boot, tags }] of Object.entries(raw.servers)) {
    for (const [i, tag] of tags.entries()) {
      const reserved = reservedTag(tag);
      if (reserved !== undefined)
        problems.push(tagNotYours({ ...at(['servers', group, 'tags', i]), tag, reserved }));
    }
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
  const { pins = {} } = raw.rollout ?? {};
  const servers = Object.entries(raw.servers).flatMap(([group, { count, image, boot }]) =>
    serverNames(group, count).map((name) => ({
      name,
      // An image that is missing or unknown is told as such; nothing more follows from it.
      image: boot.script === 'flash-image' ? (image ?? '') : undefined,
    })),
  );
  const members = upgradable(servers, pins, (image) => !lacksSlotImage(raw, image)).map(({ name }) => name);
  const images = new Map(servers.map(({ name, image }) => [name, image]));
  const unknownName: UnknownName = (path, server, rank) => {
    const place = at(path);
    if (!images.has(server)) {
      const among = rank < mostSuggestions ? members.slice(0, suggestionsFrom) : [];
      const nearest = nearestWord(server, among) ?? '';
      return unknownServer({ ...place, server, nearest });
    }
    const own = images.get(server);
    if (own === undefined) return notUpgradable({ ...place, server });
    return withoutSlotImage({ ...place, server, image: pins[server] ?? own });
  };
  return [...pinProblems(raw, images, at, unknownName), ...waveProblems(raw, members, at, unknownName)];
}

/** Suggestions are made so often, and looked for among so many servers; more would take long for nothing. */
const [mostSuggestions, suggestionsFrom] = [50, 1000];

/** The problem of a name that is not in the rollout; `rank` counts the problems before. */
type UnknownName = (path: JsonPath, server: string, rank: number) => BootfleetError;

function lacksSlotImage({ images }: RawFleet, name: string): boolean {
  return Object.hasOwn(images, name) && images[name]?.fs === undefined;
}

/** The planner's own rule, told at its place. */
function waveProblems(
  { rollout }: RawFleet,
  members: readonly string[],
  at: At,
  unknownName: UnknownName,
): BootfleetError[] {
  if (rollout === undefined) return [];
  const { waves, exclude, upTo } = resolvePolicy(rollout);
  const result = divideIntoWaves(members, { waves, exclude, upTo });
  if ('plan' in result) return [];
  return result.problems.map(({ kind, path, text, server }, rank) => {
    const where: JsonPath = ['rollout', ...path];
    switch (kind) {
      case 'unknown':
        return unknownName(where, server, rank);
      case 'unreached':
        return wavesIncomplete({ ...at(where), missing: server });
      case 'form':
      case 'upTo':
      case 'twice':
      case 'passed':
      case 'no-canary':
        return waveMeaningless({ ...at(where), problem: text });
    }
  });
}

function pinProblems(
  raw: RawFleet,
  servers: ReadonlyMap<string, string | undefined>,
  at: At,
  unknownName: UnknownName,
): BootfleetError[] {
  return Object.entries(raw.rollout?.pins ?? {}).flatMap(([server, image], rank) => {
    const path = ['rollout', 'pins', server];
    const place = at(path);
    const named = servers.get(server) === undefined ? [unknownName(path, server, rank)] : [];
    if (!Object.hasOwn(raw.images, image)) return [...named, imageUnknown(raw, place, image)];
    return lacksSlotImage(raw, image) ? [...named, slotImageNeeded({ ...place, group: image })] : named;
  });
}

function imageUnknown(raw: RawFleet, place: Place, image: string): BootfleetError {
  const known = Object.keys(raw.images);
  return unknownImage({ ...place, image, known: known.join(', '), nearest: nearestWord(image, known) ?? '' });
}
