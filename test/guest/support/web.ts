import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';

/** A web server on the host's loopback, which guests reach as 169.254.42.2. */
export interface Web {
  readonly url: (path: string) => string;
  close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<Web> {
  const server: Server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: (path) => `http://169.254.42.2:${address.port}${path}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
