import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the API saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly body: string;
}

/** An answer; `drop` ends the connection without one. */
export type Reply =
  { status?: number; json?: unknown; text?: string; headers?: Record<string, string> } | 'drop';

/** A web server that answers as a test says, for the client's own tests. Not an imitation of Scaleway. */
export async function startFakeApi(
  answer: (seen: Seen) => Reply,
): Promise<{ url: string; seen: Seen[]; close(): Promise<void> }> {
  const seen: Seen[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const url = new URL(request.url ?? '/', 'http://x');
    const one: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      token: request.headers['x-auth-token'] as string | undefined,
      body: Buffer.concat(pieces).toString('utf8'),
    };
    seen.push(one);
    const reply = answer(one);
    if (reply === 'drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(reply.text ?? JSON.stringify(reply.json ?? {}));
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
