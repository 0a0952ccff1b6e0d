/** What is read of a server: its name and, unless it boots from the network, its image. */
interface Candidate {
  readonly name: string;
  readonly image?: string | undefined;
}

/**
 * The servers that a rollout upgrades: those whose image, or the one that they are pinned to, has a slot image. The one
 * rule by which a fleet file is checked and a rollout is planned; other servers may not be named in `waves` and `exclude`.
 *
 * @param hasSlotImage whether there is an image of that name, with an `fs`.
 */
export function upgradable<S extends Candidate>(
  servers: readonly S[],
  pins: Readonly<Record<string, string>>,
  hasSlotImage: (image: string) => boolean,
): S[] {
  return servers.filter(({ name, image }) => {
    if (image === undefined) return false;
    return hasSlotImage(Object.hasOwn(pins, name) ? (pins[name] ?? image) : image);
  });
}
