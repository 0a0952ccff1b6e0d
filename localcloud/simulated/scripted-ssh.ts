import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { dirname } from 'node:path';
import ssh2 from 'ssh2';
import { framedAnswer, nonceOf } from '../../contracts/framed-command.ts';
import { ed25519Pair } from '../../formats/ed25519-pair.ts';
import { writeWhole } from '../daemon/write-file.ts';

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

export function makeHostKey(): ScriptedHostKey {
  const pair = ed25519Pair('scripted');
  return { privateKey: pair.private, publicKey: pair.public.trim().split(' ').slice(0, 2).join(' ') };
}

/** The pair in a file, made at its first use. */
export async function keptHostKey(file: string): Promise<ScriptedHostKey> {
  const kept = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept !== undefined) return JSON.parse(kept) as ScriptedHostKey;
  const made = makeHostKey();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, JSON.stringify(made));
  return made;
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
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey.privateKey] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      context.accept();
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptCommand, _reject, { command }) => {
        const channel = acceptCommand();
        const nonce = nonceOf(command);
        channel.write(nonce === undefined ? options.answer : framedAnswer(nonce, options.answer, 0));
        channel.exit(0);
        channel.end();
      });
    });
  });
  // A listener of our own, because what has not said a word of SSH yet must be cut too when power is.
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // 'close' follows and says the same.
    socket.on('error', () => undefined);
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
