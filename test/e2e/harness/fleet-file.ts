import { dump } from 'js-yaml';
import { builds } from './images.ts';

/** A group of servers, or a part of one, with the keys of a fleet file. */
export type GroupPart = Readonly<Record<string, unknown>>;

/** What a test's fleet file says; everything else is as every test wants it. */
export interface FleetText {
  readonly fleet: string;
  /** Images by name. Default: `edge`, the first build. */
  readonly images?: Readonly<Record<string, GroupPart>>;
  /** Groups by name, each on top of one server of type START1-XS with the image `edge`. Default: `edge`. */
  readonly groups?: Readonly<Record<string, GroupPart>>;
  readonly rollout?: GroupPart;
}

/** The image of a build, by the date in its name. Default: the first one. */
export function imageOf(build: string = builds.first): { readonly img: string } {
  return { img: `../images/edge-${build}.img` };
}

/**
 * The text of a fleet file on the embedded cloud, for a workplace whose images and keys `buildImages` has made.
 *
 * @example fleetText({ fleet: 'kill', groups: { edge: { count: 3 } } })
 */
export function fleetText({ fleet, images, groups, rollout }: FleetText): string {
  return dump({
    fleet,
    cloud: { scaleway: { zone: 'fr-par-1', endpoint: 'local' } },
    images: images ?? { edge: imageOf() },
    servers: Object.fromEntries(
      Object.entries(groups ?? { edge: {} }).map(([name, part]) => [name, { ...usual(), ...part }]),
    ),
    ...(rollout !== undefined && { rollout }),
  });
}

/** Made anew for each group: what is the same object twice would become an anchor and an alias. */
function usual(): GroupPart {
  const ssh = { user: 'root', key: '../keys/edge_ed25519' };
  return { count: 1, type: 'START1-XS', image: 'edge', ssh };
}
