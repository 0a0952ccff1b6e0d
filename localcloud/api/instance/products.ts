import type { LocalCloud } from '../../compute/local-cloud.ts';
import { pageHeaders, pageOf } from '../pagination.ts';
import type { ApiRequest, Route } from '../router.ts';
import { zoneOf } from '../zones.ts';

/** A type of servers. Figures are the real cloud's, recorded. */
export interface ServerType {
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** Largest sum of local volumes, in bytes; 0: no local volumes. */
  readonly localStorage: number;
  /** Bits a second. */
  readonly bandwidth: number;
  /** Bytes a second. */
  readonly blockBandwidth: number;
  readonly hourlyPrice: number;
  readonly monthlyPrice: number;
  readonly endOfService: boolean;
}

const gigabyte = 1_000_000_000;
const gibibyte = 1024 ** 3;

/** The types that are known here. Which of them can be had depends on the machines: `typesOf`. */
export const serverTypes: Readonly<Record<string, ServerType>> = {
  'DEV1-M': type(3, 4, 40, 300, 157_286_400, 0.020196, 14.74308),
  'DEV1-S': type(2, 2, 20, 200, 104_857_600, 0.008976, 6.55248),
  'PLAY2-PICO': type(1, 2, 0, 100, 41_943_040, 0.01428, 10.4244),
  'PRO2-XXS': type(2, 8, 0, 350, 131_072_000, 0.0561, 40.953),
  'START1-XS': { ...type(1, 1, 25, 100, 41_943_040, 0.0062, 4.526), endOfService: true },
};

function type(
  cores: number,
  memory: number,
  localStorage: number,
  megabits: number,
  blockBandwidth: number,
  hourlyPrice: number,
  monthlyPrice: number,
): ServerType {
  return {
    cores,
    memory: memory * gibibyte,
    localStorage: localStorage * gigabyte,
    bandwidth: megabits * 1_000_000,
    blockBandwidth,
    hourlyPrice,
    monthlyPrice,
    endOfService: false,
  };
}

/** The types whose machines can be started. */
export function typesOf(cloud: LocalCloud): Readonly<Record<string, ServerType>> {
  const known = Object.entries(serverTypes).filter(([name]) => cloud.machineTypes.includes(name));
  return Object.fromEntries(known);
}

/** `products/servers` and `products/servers/availability`. */
export function productRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: '/instance/v1/zones/:zone/products/servers',
      handler: (request) => listed(cloud, request, '/products/servers', productView),
    },
    {
      method: 'GET',
      pattern: '/instance/v1/zones/:zone/products/servers/availability',
      handler: (request) =>
        listed(cloud, request, '/products/servers/availability', () => ({ availability: 'available' })),
    },
  ];
}

function listed(cloud: LocalCloud, request: ApiRequest, path: string, view: (type: ServerType) => object) {
  zoneOf(request);
  const page = pageOf(request.query, 'per_page');
  const all = Object.entries(typesOf(cloud));
  const shown = all.slice((page.page - 1) * page.perPage, page.page * page.perPage);
  return {
    status: 200,
    body: { servers: Object.fromEntries(shown.map(([name, serverType]) => [name, view(serverType)])) },
    headers: pageHeaders(path, all.length, page),
  };
}

function productView(type: ServerType): object {
  const local = type.localStorage > 0;
  return {
    alt_names: [],
    arch: 'x86_64',
    ncpus: type.cores,
    ram: type.memory,
    gpu: 0,
    gpu_info: null,
    mig_profile: null,
    volumes_constraint: { min_size: 0, max_size: type.localStorage },
    per_volume_constraint: {
      l_ssd: { min_size: local ? gigabyte : 0, max_size: local ? 800 * gigabyte : 0 },
    },
    scratch_storage_max_size: 0,
    scratch_storage_max_volumes_count: 0,
    monthly_price: type.monthlyPrice,
    hourly_price: type.hourlyPrice,
    capabilities: {
      // `bootscript` is the embedded cloud's own: it boots the network card (docs/architecture.md).
      boot_types: ['local', 'bootscript', 'rescue'],
      placement_groups: false,
      block_storage: true,
      hot_snapshots_local_volume: local,
      private_network: 0,
      max_file_systems: 0,
    },
    network: {
      ipv6_support: false,
      sum_internal_bandwidth: type.bandwidth,
      sum_internet_bandwidth: type.bandwidth,
      interfaces: [{ internal_bandwidth: type.bandwidth, internet_bandwidth: type.bandwidth }],
    },
    block_bandwidth: type.blockBandwidth,
    end_of_service: type.endOfService,
  };
}
