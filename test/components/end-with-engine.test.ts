import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { expect, test } from 'vitest';
import { endWithEngine } from '../../components/end-with-engine.ts';

/** Something that answers like an engine, and can lose its sessions. */
async function engine(): Promise<{ address: string; server: Http2Server; sessions: ServerHttp2Session[] }> {
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { address: `127.0.0.1:${port}`, server, sessions };
}

test('ends when the engine is gone, not when it only closes the line', async () => {
  const { address, server, sessions } = await engine();
  let ended = false;
  const end = new Promise<void>((resolve) => {
    endWithEngine(address, () => {
      ended = true;
      resolve();
    });
  });
  const next = (): Promise<unknown> => new Promise((resolve) => server.once('session', resolve));
  await next();
  const second = next();
  sessions[0]?.destroy();
  await second;
  expect(ended).toBe(false);
  server.close();
  sessions[1]?.destroy();
  await end;
});

test('ends when the engine was gone before this process had loaded', async () => {
  const { address, server } = await engine();
  await new Promise((resolve) => server.close(resolve));
  await new Promise<void>((resolve) => {
    endWithEngine(address, resolve);
  });
});
