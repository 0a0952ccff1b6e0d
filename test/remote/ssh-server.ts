import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { ed25519Pair } from '../../formats/ed25519-pair.ts';
import { hostKeyText } from '../../remote/host-key.ts';
import { ownAddress } from '../own-address.ts';

/** A real SSH server at `ownAddress`, running commands with /bin/sh, for tests of sessions. */
export interface TestServer {
  readonly port: number;
  readonly hostKey: string;
  /** A key that the server takes. */
  readonly keyFile: string;
  /** Drops all connections without a word. */
  cut(): void;
  close(): Promise<void>;
}

/** How it differs from a usual one. */
export interface ServerOptions {
  readonly port?: number;
  /** Private key of the server; made anew when absent. */
  readonly hostKey?: string;
  readonly algorithms?: ssh2.Algorithms;
  /** The login shell, which gets `-c` and the command; default /bin/sh. */
  readonly shell?: readonly [string, ...string[]];
  /** Logins that are refused before the first that is not. */
  readonly refuses?: number;
}

export async function startSshServer(options: ServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-ssh-'));
  const user = ed25519Pair('test');
  const host = options.hostKey ?? ed25519Pair('test').private;
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, user.private, { mode: 0o600 });
  const allowed = parsed(user.public).getPublicSSH();
  const sockets = new Set<ssh2.Connection>();
  let refused = 0;
  const { algorithms } = options;
  const server = new ssh2.Server({ hostKeys: [host], ...(algorithms && { algorithms }) }, (connection) => {
    sockets.add(connection);
    connection.on('error', () => undefined).on('close', () => sockets.delete(connection));
    connection.on('authentication', (context) => {
      const isKnown = context.method === 'publickey' && context.key.data.equals(allowed);
      if (isKnown && refused < (options.refuses ?? 0)) {
        refused += 1;
        context.reject(['publickey']);
      } else if (isKnown) context.accept();
      else context.reject(['publickey']);
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, info) => {
        const channel = acceptExec();
        const [program, ...before] = options.shell ?? ['/bin/sh'];
        const child = spawn(program, [...before, '-c', info.command], { stdio: 'pipe' });
        channel.pipe(child.stdin).on('error', () => undefined);
        child.stdout.on('data', (bytes: Buffer) => channel.write(bytes));
        child.stderr.on('data', (bytes: Buffer) => channel.stderr.write(bytes));
        channel.on('close', () => child.kill('SIGKILL'));
        child.on('close', (code, signal) => {
          if (signal === null) channel.exit(code ?? 255);
          else channel.exit(signal.replace('SIG', ''), false, '');
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, ownAddress, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: hostKeyText(parsed(host).getPublicSSH()),
    keyFile,
    cut: () => {
      sockets.forEach((connection) => {
        destroy(connection);
      });
    },
    close: async () => {
      sockets.forEach((connection) => {
        destroy(connection);
      });
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function parsed(text: string): ssh2.ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return Array.isArray(key) ? (key[0] as ssh2.ParsedKey) : key;
}

function destroy(connection: ssh2.Connection): void {
  (connection as unknown as { _sock: { destroy(): void } })._sock.destroy();
}
