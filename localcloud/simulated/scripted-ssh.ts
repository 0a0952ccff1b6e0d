import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

/** An SSH server that lets everybody in and gives one answer to every command. It reads and changes nothing. */
export interface ScriptedSsh {
  readonly port: number;
  close(): void;
}

/** A key pair for all scripted machines: making one a machine would be measured too. */
export interface ScriptedHostKey {
  readonly privateKey: string;
  /** As on the console: `ssh-ed25519 AAAA...`. */
  readonly publicKey: string;
}

/** Makes a host key. ssh2 makes a malformed one once in some 250 times, hence the loop. */
export function makeHostKey(): ScriptedHostKey {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (ssh2.utils.parseKey(pair.private) instanceof Error) continue;
    return { privateKey: pair.private, publicKey: pair.public.trim().split(' ').slice(0, 2).join(' ') };
  }
}

/**
 * Listens on a machine's address.
 *
 * @param answer standard output of whatever is run.
 * @throws what `listen` throws: the port is taken, the address is not ours.
 */
export async function serveScriptedSsh(options: {
  readonly address: string;
  readonly port: number;
  readonly hostKey: ScriptedHostKey;
  readonly answer: string;
}): Promise<ScriptedSsh> {
  const connections = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [options.hostKey.privateKey] }, (connection) => {
    connections.add(connection);
    connection.on('error', () => undefined);
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (context) => {
      context.accept();
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptCommand) => {
        const channel = acceptCommand();
        channel.write(options.answer);
        channel.exit(0);
        channel.end();
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const connection of connections) connection.end();
      server.close();
    },
  };
}
