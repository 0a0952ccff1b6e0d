import { Arguments } from '../arguments.ts';
import { largestVolume, smallestVolume } from '../disks/disk-api.ts';
import type { ServerType } from './products.ts';

/** What a request for a new server says, checked as far as that needs no look at other resources. Pure. */
export interface ServerRequest {
  readonly name: string;
  readonly commercialType: string;
  readonly image: string | undefined;
  readonly bootType: 'local' | 'bootscript' | 'rescue';
  readonly tags: readonly string[];
  readonly dynamicIpRequired: boolean;
  readonly protected: boolean;
  readonly publicIps: readonly string[];
  readonly securityGroup: string | undefined;
  readonly volumes: readonly VolumeRequest[];
}

/** One entry of `volumes`: a volume that exists (`id`), or a new one. */
export interface VolumeRequest {
  readonly slot: string;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly kind: 'l_ssd' | 'sbs' | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  readonly iops: number | undefined;
  readonly snapshotId: string | undefined;
  readonly boot: boolean;
}

export const bootTypes = ['local', 'bootscript', 'rescue'] as const;

/**
 * @param types names of the server types that can be had.
 * @throws 400 that names every argument that is wrong.
 */
export function parseServerRequest(
  body: Readonly<Record<string, unknown>>,
  types: readonly string[],
): ServerRequest {
  const fields = new Arguments(body);
  const name = fields.text('name', { longest: 255 }) ?? 'scw-server';
  const commercialType = fields.text('commercial_type', { required: true }) ?? '';
  if (commercialType !== '' && !types.includes(commercialType)) {
    fields.refuse('commercial_type', 'constraint', `the embedded cloud has ${types.join(', ')}`);
  }
  const single = fields.text('public_ip');
  const request: ServerRequest = {
    name: name === '' ? 'scw-server' : name,
    commercialType,
    image: fields.text('image'),
    bootType: fields.oneOf('boot_type', bootTypes) ?? 'local',
    tags: fields.texts('tags') ?? [],
    dynamicIpRequired: fields.boolean('dynamic_ip_required') ?? false,
    protected: fields.boolean('protected') ?? false,
    publicIps: fields.texts('public_ips') ?? (single === undefined ? [] : [single]),
    securityGroup: fields.text('security_group'),
    volumes: volumeRequests(fields),
  };
  fields.check();
  return request;
}

function volumeRequests(fields: Arguments): readonly VolumeRequest[] {
  const volumes: VolumeRequest[] = [];
  for (const [slot, value] of Object.entries(fields.object('volumes') ?? {})) {
    if (!/^\d{1,2}$/.test(slot) || typeof value !== 'object' || value === null) {
      fields.refuse(`volumes.${slot}`, 'format', 'must be an object under a number');
      continue;
    }
    const entry = new Arguments(value as Readonly<Record<string, unknown>>);
    const kind = volumeKind(entry);
    volumes.push({
      slot,
      id: entry.text('id'),
      name: entry.text('name'),
      kind,
      size: entry.integer('size', { least: smallestVolume, most: largestVolume }),
      iops: entry.integer('perf_iops'),
      snapshotId: entry.text('base_snapshot'),
      boot: entry.boolean('boot') ?? false,
    });
    entry.check();
  }
  return volumes;
}

/** The kind of volume that a request's `volume_type` names. */
export function volumeKind(fields: Arguments): 'l_ssd' | 'sbs' | undefined {
  const type = fields.oneOf('volume_type', ['l_ssd', 'sbs_volume', 'b_ssd']);
  return type === undefined || type === 'l_ssd' ? type : 'sbs';
}

/** What is wrong with the sum of a server's local volumes, if anything. Pure. */
export function localStorageProblem(
  type: ServerType,
  typeName: string,
  localSizes: readonly number[],
): string | undefined {
  const sum = localSizes.reduce((total, size) => total + size, 0);
  if (sum <= type.localStorage) return undefined;
  return `the total size of local volumes of ${typeName} must be between 0 and ${type.localStorage} bytes, not ${sum}`;
}
