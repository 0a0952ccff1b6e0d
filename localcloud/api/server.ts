import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalCloud } from '../compute/local-cloud.ts';
import type { Fault } from '../faults/fault.ts';
import { tokenRefusal } from './auth.ts';
import { ApiError } from './error.ts';
import { Router, type ApiAnswer } from './router.ts';
import { allRoutes } from './routes.ts';

/** Largest body of a request that is read, in bytes: a user data value has at most 128 KiB. */
const largestBody = 1024 * 1024;

/** Makes the handler of all HTTP requests of the API. */
export function apiHandler(
  cloud: LocalCloud,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const router = new Router(allRoutes(cloud));
  return async (request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    const path = url?.pathname ?? '/';
    // A stranger changes nothing: no fault is used up by a request that is refused.
    const refused = tokenRefusal(request.headers, cloud.identity);
    if (refused !== undefined) {
      send(response, answerOf(refused));
      return;
    }
    // The way to take faults away must not be hit by them.
    const fault = path.startsWith('/bootfleet/') ? undefined : cloud.faults.take(method, path);
    if (fault) cloud.log(`fault ${fault.id} (${fault.effect.kind}) hits ${method} ${path}`);
    if (fault && fault.latency > 0) await pause(fault.latency * 1000, undefined, { ref: false });
    if (fault?.effect.kind === 'lost' && fault.effect.when === 'before') {
      request.socket.destroy();
      return;
    }
    const answer = injected(fault) ?? (await answerTo(cloud, router, request, method, path, url));
    if (fault?.effect.kind === 'lost') {
      request.socket.destroy();
      return;
    }
    send(response, answer);
  };
}

function answerOf({ status, body }: ApiError): ApiAnswer {
  return { status, body: body as object };
}

async function answerTo(
  cloud: LocalCloud,
  router: Router,
  request: IncomingMessage,
  method: string,
  path: string,
  url: URL | null,
): Promise<ApiAnswer> {
  try {
    const found = router.find(method, path);
    if (found === 'unknown') throw new ApiError(404, { type: 'unknown_resource', message: 'page not found' });
    if (found === 'wrong-method') {
      throw new ApiError(405, { type: 'invalid_request_error', message: 'method not allowed' });
    }
    const body = await readBody(request);
    return await found.handler({
      method,
      path,
      params: found.params,
      query: url?.searchParams ?? new URLSearchParams(),
      headers: request.headers,
      body,
    });
  } catch (thrown) {
    if (thrown instanceof ApiError) return answerOf(thrown);
    cloud.log(
      `${method} ${path}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    );
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { status: 500, body: { type: 'internal_error', message: `embedded cloud: ${message}` } };
  }
}

/** The answer that a fault puts in place of the real one. */
function injected(fault: Fault | undefined): ApiAnswer | undefined {
  if (fault?.effect.kind !== 'status') return undefined;
  const { status, retryAfter } = fault.effect;
  return {
    status,
    body: {
      type: status === 429 ? 'too_many_requests' : 'internal_error',
      message: `injected fault ${fault.id}`,
    },
    ...(retryAfter === null ? {} : { headers: { 'Retry-After': String(retryAfter) } }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > largestBody) {
      throw new ApiError(413, {
        type: 'invalid_request_error',
        message: `the body has more than ${largestBody} bytes`,
      });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function send(response: ServerResponse, answer: ApiAnswer): void {
  const { body } = answer;
  const bytes =
    body === undefined
      ? Buffer.alloc(0)
      : Buffer.isBuffer(body)
        ? body
        : Buffer.from(JSON.stringify(body), 'utf8');
  response.writeHead(answer.status, {
    'Content-Type': Buffer.isBuffer(body) ? 'text/plain' : 'application/json',
    ...(answer.status === 204 ? {} : { 'Content-Length': String(bytes.length) }),
    'X-Request-Id': randomUUID(),
    ...answer.headers,
  });
  response.end(answer.status === 204 ? undefined : bytes);
}
