import { createHash } from 'node:crypto';

/**
 * What versions stored before upgrades noted installations, field by field as its own handlers gave it: no `installation`, no `unseenSince`, no
 * `installedBuild`, an empty text for an unknown build, one word for how far all files were proven, and a bucket that is
 * called without the project. Nothing here may follow the types of today.
 */

export const cloud = { kind: 'scaleway', zone: 'fr-par-1' };
const urn = (types: string, name: string): string => `urn:pulumi:test::bootfleet::${types}::${name}`;
const dynamicUrn = (kind: string, name: string): string =>
  urn(`bootfleet:index:Fleet$pulumi-nodejs:dynamic/bootfleet:${kind}`, name);
const old = createHash('sha256').update('projecttest').digest('hex').slice(0, 8);
export const oldBucket = `bootfleet-demo-${old}`;

/** @param img the file, its content's digest and bytes. */
export function imageArtifact(img: { file: string; sha256: string; size: number }): Record<string, unknown> {
  const { file, sha256, size } = img;
  const key = `images/edge/${sha256}.img`;
  return {
    cloud,
    fleet: 'demo',
    artifact: 'edge',
    img: file,
    checksums: [],
    resourceUrn: dynamicUrn('ImageArtifact', 'edge'),
    found: {
      img: { format: 'raw', size, sha256, rawSize: size, rawSha256: sha256, build: '' },
      slots: [],
      verified: 'none',
    },
    bucket: oldBucket,
    key,
    url: `https://${oldBucket}.s3.fr-par.scw.cloud/${key}`,
  };
}

export function bootMode(machine: string): Record<string, unknown> {
  return {
    cloud,
    server: machine,
    machine,
    mode: 'ipxe-console',
    scriptUrl: 'https://s3/boot/0123456789abcdef.ipxe',
    blankDiskScriptUrl: 'https://s3/boot/fedcba9876543210.ipxe',
    image: { name: 'edge', sha256: 'a'.repeat(64), bytes: 4096, build: '' },
    diskBytes: 25e9,
    ssh: { user: 'root', keyFile: 'keys/edge_ed25519' },
    resourceUrn: dynamicUrn('BootMode', machine),
    address: '127.66.0.1',
    sshPort: 22,
    hostKey: 'ssh-ed25519 AAAA',
    hostKeySource: 'console',
    build: '20261122_0900',
    slot: 'd',
    nextSlot: 'd',
    power: 'running',
    state: 'booted',
    reachable: true,
    install: 'edge',
    installedAt: '2026-11-22T08:00:00.000Z',
    transcript: '',
  };
}

/** How an upgrade ended by its state, and what the machine really runs: a build, and the digest of what it was installed with. */
export interface Upgraded {
  readonly outcome: 'upgraded' | 'unchanged';
  readonly build: string;
  readonly sha256: string;
}

/** The inputs of an upgrade as the program gives them, but for `installation`, which only today's program gives. */
export function upgradeInputs(
  machine: string,
  fs: string,
  { build, sha256 }: Upgraded,
): Record<string, unknown> {
  return {
    rollout: 'demo',
    machine,
    target: {
      cloud,
      server: machine,
      address: '127.0.0.1',
      sshPort: 22,
      hostKey: '',
      ssh: { user: 'root', keyFile: 'none' },
      simulated: { build, sha256 },
    },
    image: { fs, checksums: [] },
    wave: { number: 1, name: 'canary' },
    skip: '',
    policy: { maxInFlight: 5 },
    resourceUrn: dynamicUrn('SlotUpgrade', machine),
  };
}

/** @param found digest of the wanted slot image, of build 20261122_0900. */
export function slotUpgrade(machine: string, found: string, ended: Upgraded): Record<string, unknown> {
  const { image: _image, wave: _wave, skip: _skip, ...reach } = upgradeInputs(machine, '', ended);
  const [from, slot] = ended.outcome === 'upgraded' ? ['20261121_0900', 'e'] : ['20261122_0900', 'd'];
  return {
    outcome: ended.outcome,
    why: '',
    from,
    to: '20261122_0900',
    slot,
    bytes: 0,
    mode: '',
    seconds: { wait: 0, preflight: 0.004 },
    brokenLock: '',
    running: { build: '20261122_0900', slot, nextSlot: slot },
    drift: '',
    transcript: '',
    reach: JSON.stringify(reach),
    found: { build: '20261122_0900', sha256: found },
  };
}

/** The export of a stack of one fleet with these machines. */
export function exported(
  image: Record<string, unknown>,
  upgrades: ReadonlyMap<string, Record<string, unknown>>,
): string {
  const fleet = urn('bootfleet:index:Fleet', 'demo');
  const rollout = urn('bootfleet:index:Fleet$bootfleet:index:Rollout', 'demo');
  const dynamic = (kind: string, name: string, outputs: object, parent = fleet): object => ({
    urn: dynamicUrn(kind, name),
    type: `pulumi-nodejs:dynamic/bootfleet:${kind}`,
    id: name,
    parent,
    outputs,
  });
  const machines = [...upgrades].flatMap(([name, upgrade]) => {
    const server = urn('bootfleet:index:Fleet$bootfleet:index:Server', name);
    const scaleway = (type: string, outputs: object): object => ({
      urn: urn(`bootfleet:index:Fleet$bootfleet:index:Server$${type}`, name),
      type,
      id: `fr-par-1/${name}`,
      parent: server,
      outputs,
    });
    return [
      { urn: server, type: 'bootfleet:index:Server', parent: fleet },
      scaleway('scaleway:instance/volume:Volume', { sizeInGb: 25, type: 'l_ssd' }),
      scaleway('scaleway:instance/server:Server', { type: 'START1-XS' }),
      dynamic('BootMode', name, bootMode(name)),
      dynamic('SlotUpgrade', name, upgrade, rollout),
    ];
  });
  const resources = [
    { urn: fleet, type: 'bootfleet:index:Fleet' },
    dynamic('ImageArtifact', 'edge', image),
    { urn: rollout, type: 'bootfleet:index:Rollout', parent: fleet },
    ...machines,
  ];
  return JSON.stringify({ version: 3, deployment: { resources } });
}
