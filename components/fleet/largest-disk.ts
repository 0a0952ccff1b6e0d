import { serverTypeNamed } from '../../clouds/scaleway/server-types.ts';
import { type FleetArgs, installedServers } from './args.ts';

/**
 * Bytes of the largest disk that an image is written to; `undefined` when one of its servers has a disk of unknown size,
 * or none uses it. Pure.
 */
export function largestDisk(image: string, servers: FleetArgs['servers']): number | undefined {
  const sizes = installedServers(servers)
    .filter((server) => server.image === image)
    .map(({ disk, type }) => disk ?? serverTypeNamed(type)?.disk);
  if (sizes.length === 0 || sizes.includes(undefined)) return undefined;
  return Math.max(...sizes.map((gigabytes) => (gigabytes ?? 0) * 1e9));
}
