import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { isPrivileged, metadataRoute, stateDetailOf, type MetadataRoute } from './routes.ts';
import type { MetadataSource } from './source.ts';
import { textForm } from './text-form.ts';

/** Largest body in bytes: Scaleway's limit for one user-data value. */
const largestBody = 128 * 1024;

/** See `serveMetadata`. */
export interface MetadataOptions {
  /** The server's id. */
  readonly id: string;
  /** Unix socket to listen on; QEMU's user network leads the guest's connections there. */
  readonly socketPath: string;
  readonly source: MetadataSource;
  /** The port that the guest's request comes from; `undefined` when it is not known, which counts as unprivileged. */
  readonly sourcePort: () => Promise<number | undefined>;
  readonly log?: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Uint8Array;
}

/**
 * Serves one machine's metadata on a Unix socket, so that nobody but this machine (and its owner) can ask. Open it
 * before the machine starts; `close` ends open connections, and with them QEMU's helpers.
 */
export async function serveMetadata(options: MetadataOptions): Promise<{ close(): Promise<void> }> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      options.log?.(`metadata of ${options.id}: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) response.destroy();
      else send(response, request, { status: 500 });
    });
  });
  // A client that ends its side after the request (nc) still gets its answer. Node has this switch, its types do not.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.maxConnections = 64;
  server.maxRequestsPerSocket = 100;
  await mkdir(dirname(options.socketPath), { recursive: true, mode: 0o700 });
  await rm(options.socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.socketPath, resolve);
  });
  server.on('error', (error) => options.log?.(`metadata of ${options.id}: ${error.message}`));
  await chmod(options.socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function handle(
  options: MetadataOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = metadataRoute(request.method ?? '', request.url ?? '');
  // A connection left open would make it unclear which one the guest's next request comes by.
  response.setHeader('connection', 'close');
  const body = await bodyOf(request);
  if (body === undefined) {
    send(response, request, { status: 413 });
    return;
  }
  const hasEnded = (): boolean => request.socket.destroyed;
  send(response, request, await answer(options, route, body, hasEnded));
}

/** @param hasEnded true once the request's own connection is gone, so that another one's port would be taken for its */
async function answer(
  options: MetadataOptions,
  route: MetadataRoute,
  body: Uint8Array,
  hasEnded: () => boolean,
): Promise<Answer> {
  const { id, source } = options;
  if (route.kind === 'refused') return { status: route.status };
  if (route.kind === 'conf') {
    const conf = await source.conf(id);
    if (conf === undefined) return { status: 404 };
    return route.format === 'json' ? json(conf) : text(textForm(conf));
  }
  if (route.kind === 'set-state') {
    const detail = stateDetailOf(body);
    if (detail === undefined)
      return json(
        { type: 'invalid_request_error', message: 'state_detail: a text of at most 200 characters' },
        400,
      );
    await source.setStateDetail(id, detail);
    return { status: 200 };
  }
  if (!isPrivileged(await options.sourcePort()) || hasEnded())
    return json({ type: 'unauthorized', message: 'user data is for source ports below 1024' }, 403);
  return userDataAnswer(options, route, body);
}

async function userDataAnswer(
  { id, source }: MetadataOptions,
  route: Exclude<MetadataRoute, { kind: 'refused' | 'conf' | 'set-state' }>,
  body: Uint8Array,
): Promise<Answer> {
  if (route.kind === 'list-user-data') {
    const listed = { user_data: await source.userDataKeys(id) };
    return route.format === 'json' ? json(listed) : text(textForm(listed));
  }
  if (route.kind === 'set-user-data') {
    await source.setUserData(id, route.key, body);
    return { status: 204 };
  }
  if (route.kind === 'delete-user-data')
    return { status: (await source.deleteUserData(id, route.key)) ? 204 : 404 };
  const value = await source.userData(id, route.key);
  // As in the API: an absent key has an empty body.
  return value === undefined ? { status: 404 } : { status: 200, type: 'text/plain', body: value };
}

function json(value: object, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

function text(body: string): Answer {
  return { status: 200, type: 'text/plain', body };
}

function send(response: ServerResponse, request: IncomingMessage, { status, type, body = '' }: Answer): void {
  const bytes = Buffer.from(body as Uint8Array);
  response.writeHead(status, {
    ...(type ? { 'content-type': type } : {}),
    ...(status === 204 ? {} : { 'content-length': bytes.length }),
  });
  response.end(request.method === 'HEAD' || status === 204 ? undefined : bytes);
}

/** The whole body, or `undefined` when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return undefined;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > largestBody) return undefined;
    pieces.push(piece);
  }
  return Uint8Array.from(Buffer.concat(pieces));
}
