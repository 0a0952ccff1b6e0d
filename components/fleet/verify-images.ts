import { diskTooSmall } from '../../errors/boot.ts';
import { BootfleetError } from '../../errors/error.ts';
import { findFacts } from '../image-artifact/check.ts';
import { type FleetArgs, installedServers } from './args.ts';
import { largestDisk } from './largest-disk.ts';

/**
 * Looks at all images before the first resource is made: Pulumi checks a resource only when its turn comes, and others
 * beside it would exist by then. The digests found here are kept, so that the check to come reads no file again.
 *
 * @param urnOf the URN of an image artifact; only its stack matters.
 * @throws the one problem, or all of them as an AggregateError of errors of the catalogue.
 */
export async function verifyImages(
  fleet: string,
  { cloud, images, servers }: FleetArgs,
  urnOf: (artifact: string) => string,
): Promise<void> {
  const problems: BootfleetError[] = [];
  const sizes = new Map<string, number>();
  for (const [artifact, { checksums = [], ...files }] of Object.entries(images)) {
    try {
      const largest = largestDisk(artifact, servers);
      const inputs = { cloud, fleet, artifact, ...files, checksums, largest, resourceUrn: urnOf(artifact) };
      sizes.set(artifact, (await findFacts(inputs)).img.rawSize);
    } catch (error) {
      if (!(error instanceof BootfleetError)) throw error;
      problems.push(error);
    }
  }
  for (const { name: machine, image, disk } of installedServers(servers)) {
    const imageBytes = sizes.get(image) ?? 0;
    if (disk !== undefined && imageBytes > disk * 1e9)
      problems.push(diskTooSmall({ machine, image, imageBytes, diskBytes: disk * 1e9 }));
  }
  const [first, ...more] = problems;
  if (first === undefined) return;
  throw more.length === 0 ? first : new AggregateError(problems, 'the images of the fleet');
}
