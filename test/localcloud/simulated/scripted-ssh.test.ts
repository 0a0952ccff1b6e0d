import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { keptHostKey, makeHostKey, serveScriptedSsh } from '../../../localcloud/simulated/scripted-ssh.ts';

test('a host key, as it is shown on the console and as the server has it', () => {
  const { privateKey, publicKey } = makeHostKey();
  expect(publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const [blob] = [parsed].flat().map((key) => key.getPublicSSH().toString('base64'));
  expect(publicKey).toBe(`ssh-ed25519 ${blob ?? ''}`);
});

test('a host key outlives the daemon, as that on a disk does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-host-key-'));
  const file = join(folder, 'machines', 'host-key.json');
  const made = await keptHostKey(file);
  expect(await keptHostKey(file)).toEqual(made);
  expect(await keptHostKey(`${file}.other`)).not.toEqual(made);
  await rm(folder, { recursive: true });
});

test('lets everybody in, gives the one answer, shows its host key, and closes', async () => {
  const hostKey = makeHostKey();
  const server = await serveScriptedSsh({ address: '127.0.0.1', port: 0, hostKey, answer: 'the answer\n' });
  const client = new ssh2.Client();
  const seen = Promise.withResolvers<string>();
  let key = '';
  client.on('ready', () => {
    client.exec('anything', (error, channel) => {
      if (error) {
        seen.reject(error);
        return;
      }
      let text = '';
      let end = -1;
      channel.on('data', (bytes: Buffer) => (text += bytes.toString()));
      channel.on('exit', (status: number) => (end = status));
      channel.on('close', () => {
        seen.resolve(`${text}status ${end}`);
      });
    });
  });
  client.on('error', seen.reject);
  // `events.once` would take the reset that a cut makes for a failure; the types lack this event.
  const emitter: NodeJS.EventEmitter = client;
  const over = new Promise((resolve) => emitter.once('close', resolve));
  client.connect({
    host: '127.0.0.1',
    port: server.port,
    username: 'root',
    hostVerifier: (blob: Buffer) => {
      key = blob.toString('base64');
      return true;
    },
  });
  expect(await seen.promise).toBe('the answer\nstatus 0');
  expect(`ssh-ed25519 ${key}`).toBe(hostKey.publicKey);
  server.close();
  await over;
});
