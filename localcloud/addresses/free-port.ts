import { createServer, type AddressInfo } from 'node:net';

/** Whether nothing else listens on an address and port. */
export async function isFree(address: string, port: number): Promise<boolean> {
  return (await bindProblem(address, port)) === undefined;
}

/** The error code that listening there gives, `undefined` when it works. */
export async function bindProblem(address: string, port: number): Promise<string | undefined> {
  return await listenOnce(address, port).then(
    () => undefined,
    (error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      return code ?? message;
    },
  );
}

/** A port of an address that is free now. Another program may take it before it is used; the caller tries again. */
export async function freePort(address: string): Promise<number> {
  return await listenOnce(address, 0);
}

/** Listens for a moment, and tells on which port. */
async function listenOnce(address: string, port: number): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => {
        resolve(found);
      });
    });
  });
}
