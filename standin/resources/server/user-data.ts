import type { Connection } from '../../resource-type.ts';
import { splitId } from '../../resource-type.ts';
import type { Values } from '../../schema/fields.ts';

/** The user data that the arguments name, with `cloudInit` under its key. */
export function wantedUserData(inputs: Values): Record<string, string> {
  const cloudInit = inputs['cloudInit'] as string | undefined;
  const given = (inputs['userData'] ?? {}) as Record<string, string>;
  return { ...given, ...(cloudInit === undefined ? {} : { 'cloud-init': cloudInit }) };
}

/** All user data of a server. */
export async function readUserData(connection: Connection, id: string): Promise<Record<string, string>> {
  const path = userDataPath(connection, id);
  const listed = await connection.http.json<{ user_data: readonly string[] }>({
    method: 'GET',
    path,
    orNothing: true,
  });
  const found: Record<string, string> = {};
  for (const key of listed?.user_data ?? []) {
    const value = await connection.http.send({
      method: 'GET',
      path: `${path}/${encodeURIComponent(key)}`,
      orNothing: true,
    });
    if (value !== undefined) found[key] = value.text;
  }
  return found;
}

/** Writes what is wanted and removes those of `before` that are not wanted any more; others' keys stay. */
export async function writeUserData(
  connection: Connection,
  id: string,
  wanted: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = {},
): Promise<void> {
  const path = userDataPath(connection, id);
  for (const [key, body] of Object.entries(wanted)) {
    if (before[key] === body) continue;
    await connection.http.send({ method: 'PATCH', path: `${path}/${encodeURIComponent(key)}`, body });
  }
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(wanted, key)) continue;
    await connection.http.send({
      method: 'DELETE',
      path: `${path}/${encodeURIComponent(key)}`,
      orNothing: true,
    });
  }
}

function userDataPath(connection: Connection, id: string): string {
  const { zone, bare } = splitId(id, connection);
  return `/instance/v1/zones/${zone}/servers/${bare}/user_data`;
}
