import path from 'node:path';
import { serverTypeNamed } from '../clouds/scaleway/server-types.ts';
import { durationSeconds } from '../components/rollout/duration.ts';
import type { FilePath, FleetFile, FleetImage, FleetServer } from './fleet-file.ts';
import { serverNames, type RawFleet, type RawGroup, type RawImage } from './raw-fleet.ts';

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
    checksums: checksumsOf(image).map(find),
    signify: image.signature && find(image.signature.signify),
  };
}

function serversOf(group: string, raw: RawGroup, find: (given: string) => FilePath): FleetServer[] {
  const { reinstall, waits } = raw.boot;
  return serverNames(group, raw.count).map((name) => ({
    name,
    group,
    type: raw.type,
    image: raw.image,
    disk: raw.disk ?? serverTypeNamed(raw.type)?.disk ?? 20,
    boot: {
      mode: raw.boot.mode,
      script: raw.boot.script,
      reinstall: reinstall === undefined ? undefined : String(reinstall),
      waits,
    },
    ssh: { user: raw.ssh.user, key: find(raw.ssh.key), port: raw.ssh.port },
    tags: raw.tags,
    ports: raw.ports,
  }));
}
