/** What a request to the metadata address asks for. */
export type MetadataRoute =
  | { readonly kind: 'conf'; readonly format: 'text' | 'json' }
  | { readonly kind: 'list-user-data'; readonly format: 'text' | 'json' }
  | { readonly kind: 'get-user-data' | 'set-user-data' | 'delete-user-data'; readonly key: string }
  | { readonly kind: 'set-state' }
  | { readonly kind: 'refused'; readonly status: 404 | 405 };

/** Names of user data: what Scaleway's API takes. */
const keyPattern = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * Reads method and target of a request.
 * Source: Scaleway's metadata API (`/conf`, `/user_data`, `/user_data/{key}`, `/state`).
 */
export function metadataRoute(method: string, target: string): MetadataRoute {
  if (!URL.canParse(target, 'http://169.254.42.42')) return { kind: 'refused', status: 404 };
  const url = new URL(target, 'http://169.254.42.42');
  const format = url.searchParams.get('format') === 'json' ? 'json' : 'text';
  const path = url.pathname.replace(/\/+$/, '');
  const reading = method === 'GET' || method === 'HEAD';
  if (path === '/conf') return reading ? { kind: 'conf', format } : { kind: 'refused', status: 405 };
  if (path === '/user_data')
    return reading ? { kind: 'list-user-data', format } : { kind: 'refused', status: 405 };
  if (path === '/state') return method === 'PATCH' ? { kind: 'set-state' } : { kind: 'refused', status: 405 };
  const key = /^\/user_data\/([^/]+)$/.exec(path)?.[1];
  if (key === undefined || !keyPattern.test(key)) return { kind: 'refused', status: 404 };
  if (reading) return { kind: 'get-user-data', key };
  if (method === 'PATCH' || method === 'PUT') return { kind: 'set-user-data', key };
  if (method === 'DELETE') return { kind: 'delete-user-data', key };
  return { kind: 'refused', status: 405 };
}

/**
 * User data may hold secrets, so only programs that may use ports below 1024 get at it. An unknown port is no proof.
 */
export function isPrivileged(sourcePort: number | undefined): boolean {
  return sourcePort !== undefined && sourcePort > 0 && sourcePort < 1024;
}

/** Reads the body of `PATCH /state`: `{"state_detail": "booted"}`; `undefined` when it is not that. */
export function stateDetailOf(body: Uint8Array): string | undefined {
  try {
    const read = JSON.parse(Buffer.from(body).toString('utf8')) as { state_detail?: unknown } | null;
    const detail = read?.state_detail;
    return typeof detail === 'string' && detail.length <= 200 && isPrintable(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

function isPrintable(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}
