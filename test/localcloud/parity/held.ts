/**
 * How far each recording is known to match. Nothing here may get worse: a recording of `matching` must match in every
 * answer, one of `differing` up to the request named there. A recording in neither list is replayed and reported.
 */

/** Recordings that match in every answer that is compared. */
export const matching: readonly string[] = [
  'block.snapshot-basic.yaml',
  'block.snapshot-from-s3.yaml',
  'block.volume-basic.yaml',
  'block.volume-from-snapshot.yaml',
  'instance.action-server-basic.yaml',
  'instance.image-server-with-local-volume.yaml',
  'instance.ip-basic.yaml',
  'instance.server-basic.yaml',
  'instance.server-ip-removed.yaml',
  'instance.server-ips.yaml',
  'instance.server-minimal.yaml',
  'instance.server-root-volume-boot.yaml',
  'instance.server-root-volume-from-external-snapshot.yaml',
  'instance.server-state-start.yaml',
  'instance.server-state-stop.yaml',
  'instance.server-user-data-with-cloud-init-at-start.yaml',
  'instance.snapshot-from-s3.yaml',
  'instance.snapshot-server.yaml',
];

/** The first difference of a recording that does not match yet. */
export interface ExpectedDifference {
  /** Number of the request whose answer differs first. */
  readonly at: number;
  /** What the embedded cloud lacks. */
  readonly lacks: string;
}

export const differing: Readonly<Record<string, ExpectedDifference>> = {
  'block.snapshot-to-s3.yaml': { at: 19, lacks: 'export of snapshots to object storage' },
  'block.volume-update-size.yaml': { at: 8, lacks: 'the status `updating` of a volume that grows' },
  'instance.action-instance-export-snapshot-sbs.yaml': {
    at: 31,
    lacks: 'export of snapshots to object storage',
  },
  'instance.action-server-backup.yaml': { at: 18, lacks: 'the state `snapshotting` of a volume' },
  'instance.image-basic.yaml': { at: 12, lacks: 'the reference of an image to its block snapshot' },
  'instance.image-external-block-volume.yaml': {
    at: 27,
    lacks: 'the reference of an image to its block snapshot',
  },
  'instance.ip-reverse-dns-basic.yaml': { at: 1, lacks: 'the domain API' },
  'instance.ip-routed-ipv6.yaml': { at: 0, lacks: 'IPv6' },
  'instance.placement-group-basic.yaml': { at: 0, lacks: 'placement groups' },
  'instance.private-nic-basic.yaml': { at: 4, lacks: 'the VPC API' },
  'instance.security-group-basic.yaml': { at: 0, lacks: 'a description that is null' },
  'instance.security-group-rules-basic.yaml': { at: 0, lacks: 'a description that is null' },
  'instance.server-additional-volumes.yaml': { at: 0, lacks: 'local volumes that are there at once' },
  'instance.server-private-network.yaml': { at: 0, lacks: 'the VPC API' },
  'instance.server-scratch-storage.yaml': { at: 0, lacks: 'scratch volumes' },
  'instance.server-with-reserved-ip.yaml': { at: 34, lacks: 'the state `pending` of an IP' },
};

/** What is wrong with a result, held against the lists above; `undefined` when nothing is. Pure. */
export function heldAgainst(name: string, different: readonly { readonly at: number }[]): string | undefined {
  const first = different[0]?.at;
  const expected = differing[name];
  if (matching.includes(name)) {
    return first === undefined ? undefined : `matched before, differs now from request #${first} on`;
  }
  if (expected === undefined || first === expected.at) return undefined;
  if (first === undefined) return 'matches now: move it from `differing` to `matching` in held.ts';
  return first < expected.at
    ? `matched up to #${expected.at} before, differs now from request #${first} on`
    : `matches now up to #${first}: say so in held.ts instead of #${expected.at}`;
}
