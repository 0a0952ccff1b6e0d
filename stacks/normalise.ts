import path from 'node:path';
import { serverTypeNamed } from '../clouds/scaleway/server-types.ts';
import { durationSeconds } from '../components/rollout/duration.ts';
import type { NetworkScript } from '../components/boot-script/args.ts';
import type { BootProof } from '../components/network-boot/args.ts';
import type { FilePath, FleetFile, FleetImage, FleetServer, NetworkServer } from './fleet-file.ts';
import {
  serverNames,
  type RawBoot,
  type RawFleet,
  type RawGroup,
  type RawImage,
  type RawProof,
} from './raw-fleet.ts';

/** Brings a file that the schema has accepted into the form that components use. Pure but for `path.resolve`. */
export function normalise(file: string, raw: RawFleet): FleetFile {
  const absolute = path.resolve(file);
  const find = (given: string): FilePath => ({
    given,
    resolved: path.resolve(path.dirname(absolute), given),
  });
  return {
    file: absolute,
    fleet: raw.fleet,
    cloud: { kind: 'scaleway', ...raw.cloud.scaleway },
    images: Object.entries(raw.images).map(([name, image]) => imageOf(name, image, find)),
    servers: Object.entries(raw.servers).flatMap(([name, group]) => serversOf(name, group, find)),
    rollout: raw.rollout,
    ttl: raw.ephemeral && durationSeconds(raw.ephemeral.ttl),
  };
}

/** Checksum files as a list. */
export function checksumsOf({ checksum }: RawImage): readonly string[] {
  return checksum === undefined ? [] : [checksum].flat();
}

function imageOf(name: string, image: RawImage, find: (given: string) => FilePath): FleetImage {
  return {
    name,
    img: find(image.img),
    fs: image.fs === undefined ? undefined : find(image.fs),
    build: textOf(image.build),
    checksums: checksumsOf(image).map(find),
    signify: image.signature && find(image.signature.signify),
  };
}

function serversOf(group: string, raw: RawGroup, find: (given: string) => FilePath): FleetServer[] {
  const { type, tags, ports, image, boot } = raw;
  const disk = raw.disk ?? serverTypeNamed(type)?.disk ?? 20;
  const ssh = raw.ssh && { user: raw.ssh.user, key: find(raw.ssh.key), port: raw.ssh.port };
  const { mode, waits } = boot;
  const networkBoot = networkBootOf(boot);
  return serverNames(group, raw.count).map((name): FleetServer => {
    const common = { name, group, type, disk, tags, ports };
    if (networkBoot) return { ...common, networkBoot, ssh };
    return {
      ...common,
      image: checked(image),
      boot: { mode, reinstall: textOf(boot.reinstall), waits },
      ssh: checked(ssh),
    };
  });
}

function networkBootOf(boot: RawBoot): NetworkServer['networkBoot'] | undefined {
  const script = networkScriptOf(boot);
  if (!script) return undefined;
  const { mode, waits, restart } = boot;
  const proof = checked(boot.proof);
  const within = durationSeconds(proof.within);
  return { mode, script, proof: proofOf(proof), within, restart: textOf(restart), waits };
}

/** The script in the form that components use; `undefined` for `flash-image`, or while the address is missing. */
export function networkScriptOf({ script, url, initrds, ...rest }: RawBoot): NetworkScript | undefined {
  if (url === undefined) return undefined;
  switch (script) {
    case 'flash-image':
      return undefined;
    case 'kernel':
      return { kind: script, kernel: url, ...(initrds && { initrds }), arguments: rest.arguments ?? [] };
    case 'chain':
    case 'iso':
      return { kind: script, url };
  }
}

function proofOf({ console, metadata, ssh }: RawProof): BootProof {
  if (console) return { kind: 'console', pattern: console.pattern };
  if (metadata) return { kind: 'metadata', state: metadata.state };
  return { kind: 'ssh', ...ssh };
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** What boot-checks.ts has found to be there. */
function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a fleet file was normalised before it was checked');
  return value;
}
