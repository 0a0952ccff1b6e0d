import type { CloudEndpoints } from './endpoints.ts';
import { ScalewayHttp } from './http.ts';

/** One thing that a project pays for. */
export interface CloudItem {
  readonly kind: 'server' | 'volume' | 'block volume' | 'ip' | 'security group';
  readonly id: string;
  /** Its name, or its address for an IP. */
  readonly name: string;
  readonly tags: readonly string[];
  /** The server that it belongs to, where the cloud says so. */
  readonly server: string | undefined;
}

interface ItemAnswer {
  readonly id: string;
  readonly name?: string;
  readonly address?: string;
  readonly tags?: readonly string[];
  readonly server?: { readonly id?: string } | null;
  readonly references?: readonly { readonly product_resource_id?: string }[];
}

const lists: readonly (readonly [CloudItem['kind'], api: string, list: string, projectParameter: string])[] =
  [
    ['server', 'instance/v1', 'servers', 'project'],
    ['volume', 'instance/v1', 'volumes', 'project'],
    ['block volume', 'block/v1', 'volumes', 'project_id'],
    ['ip', 'instance/v1', 'ips', 'project'],
    ['security group', 'instance/v1', 'security_groups', 'project'],
  ];

/** Everything in a project's zone that fleets are made of, but objects. Asks for the lists side by side. */
export async function inventory(at: CloudEndpoints, zone: string): Promise<CloudItem[]> {
  const http = new ScalewayHttp(at);
  const found = await Promise.all(
    lists.map(async ([kind, api, list, projectParameter]) => {
      const path = `/${api}/zones/${encodeURIComponent(zone)}/${list}`;
      const answers = await http.listAll<ItemAnswer>(path, list, { [projectParameter]: at.projectId });
      return answers.map((answer): CloudItem => ({
        kind,
        id: answer.id,
        name: answer.name ?? answer.address ?? '',
        tags: answer.tags ?? [],
        server: answer.server?.id ?? answer.references?.[0]?.product_resource_id,
      }));
    }),
  );
  return found.flat();
}
