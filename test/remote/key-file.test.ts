import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ed25519Pair } from '../../formats/ed25519-pair.ts';
import { readKey } from '../../remote/key-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bootfleet-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, content: string, mode = 0o600): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}
const pair = ed25519Pair('test');
const locked = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: 'x',
  cipher: 'aes256-ctr',
  rounds: 1,
});

test('the public half is told by name, whoever may read it, with the file to name instead', async () => {
  for (const mode of [0o644, 0o600]) {
    const file = await put('key.pub', pair.public, mode);
    await expect(readKey(file)).rejects.toMatchObject({
      code: 'BF1603',
      facts: { problem: 'it is a public key' },
      next: `Name its private half as \`ssh.key\`: ${file.slice(0, -4)}`,
    });
  }
});

test('a passphrase, an open mode and a missing file are each told with their own next step', async () => {
  const file = await put('locked', locked.private);
  await expect(readKey(file)).rejects.toMatchObject({ code: 'BF1608', facts: { keyFile: file } });
  const open = await put('open', pair.private, 0o640);
  await expect(readKey(open)).rejects.toMatchObject({ code: 'BF1603', next: `chmod 600 ${open}` });
  await expect(readKey(path.join(folder, 'none'))).rejects.toMatchObject({
    facts: { problem: 'it does not exist' },
  });
  await expect(readKey(folder)).rejects.toMatchObject({ code: 'BF1603' });
  await expect(readKey(await put('large', ' '.repeat(100_000)))).rejects.toMatchObject({ code: 'BF1603' });
  expect(await readKey(await put('good', pair.private))).toEqual(Buffer.from(pair.private));
});
