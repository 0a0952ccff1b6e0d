import type { Connection } from '../../resource-type.ts';
import { answered, splitId } from '../../resource-type.ts';
import { gigabyte } from '../volume.ts';
import { readServer } from './power.ts';

/** Bytes of local volumes that a type allows in all, as `products/servers` tells it. */
interface VolumesConstraint {
  readonly min_size: number;
  readonly max_size: number;
}

/**
 * Why a server cannot become one of another type in place: its local volumes do not fit the type. The real provider
 * finds that out at preview, with these words; `undefined` when they fit, or the server or the type is unknown.
 */
export async function refusedType(
  connection: Connection,
  id: string,
  type: string,
): Promise<string | undefined> {
  const server = await readServer(connection, id);
  const local = Object.values(server?.volumes ?? {})
    .filter(({ volume_type: kind }) => kind === 'l_ssd')
    .reduce((sum, { size = 0 }) => sum + size, 0);
  const { zone } = splitId(id, connection);
  const types = await connection.http.json<{
    servers: Readonly<Record<string, { volumes_constraint?: VolumesConstraint }>>;
  }>({
    method: 'GET',
    path: `/instance/v1/zones/${zone}/products/servers`,
    query: { page: '1', per_page: '100' },
  });
  const allowed = answered(types).servers[type]?.volumes_constraint;
  if (server === undefined || allowed === undefined) return undefined;
  const { min_size: least, max_size: most } = allowed;
  if (local >= least && local <= most) return undefined;
  const range = `(${least / gigabyte}GB, ${most / gigabyte}GB)`;
  // "beteween" is the real provider's.
  return `cannot change server type: local volume total size does not respect type constraint, expected beteween ${range}, got ${local / gigabyte}GB`;
}
