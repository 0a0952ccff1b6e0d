import type { IncomingHttpHeaders } from 'node:http';
import { invalidArgument } from './error.ts';

/** A request that passed the token check. */
export interface ApiRequest {
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** Parts of the path named in the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a handler answers. */
export interface ApiAnswer {
  readonly status: number;
  /** An object is sent as JSON, bytes as text/plain, nothing as an empty body. */
  readonly body?: object | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;

/** A method and a pattern of a path, e.g. `/instance/v1/zones/:zone/ips/:id`. */
export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly handler: Handler;
}

/** A part of the request's path: always there when the pattern names it. */
export function param(request: ApiRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new Error(`the route has no part :${name}`);
  return value;
}

/** The request's body as a JSON object; an empty body is an empty object. */
export function jsonBody(request: ApiRequest): Readonly<Record<string, unknown>> {
  if (request.body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw invalidArgument('body', 'format', 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument('body', 'format', 'the body is not a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Finds handlers by method and path. */
export class Router {
  readonly #routes: readonly { method: string; parts: readonly string[]; handler: Handler }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map(({ method, pattern, handler }) => ({
      method,
      parts: pattern.split('/'),
      handler,
    }));
  }

  /** The handler and the named parts; `wrong-method` when only other methods fit the path. */
  find(
    method: string,
    path: string,
  ): { handler: Handler; params: Readonly<Record<string, string>> } | 'unknown' | 'wrong-method' {
    const parts = path.split('/');
    let known = false;
    for (const route of this.#routes) {
      const params = match(route.parts, parts);
      if (params === undefined) continue;
      if (route.method === method) return { handler: route.handler, params };
      known = true;
    }
    return known ? 'wrong-method' : 'unknown';
  }
}

function match(
  pattern: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (!wanted.startsWith(':')) {
      if (wanted !== part) return undefined;
      continue;
    }
    const value = decoded(part);
    if (value === undefined || value === '') return undefined;
    params[wanted.slice(1)] = value;
  }
  return params;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
