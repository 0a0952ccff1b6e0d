import { createHash, randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateMultipartUploadCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toolPath } from '../../scripts/setup/tool-path.ts';
import { headObject, objectUrl, openStore, removeObjects, type Store } from '../../transfer/object-store.ts';
import { beginUpload, openUploads, partSize } from '../../transfer/multipart.ts';
import { ensureContent, ensureFile } from '../../transfer/upload.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { ownAddress, ownPort } from '../own-address.ts';

/** Uploads to a real S3 server, the one that the embedded cloud runs. */

const accessKey = 'SCWTEST0000000000000';
const secretKey = '11111111-1111-4111-8111-111111111111';
let folder = '';
let gateway: ChildProcess;
let endpoint = '';
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-upload-'));
  mkdirSync(path.join(folder, 's3'));
  const port = await ownPort();
  endpoint = `http://${ownAddress}:${port}`;
  const program = toolPath('versitygw');
  if (program === undefined) throw new Error('versitygw is not here; npm test installs it');
  gateway = spawn(
    program,
    ['--port', `${ownAddress}:${port}`, '--region', 'fr-par', '--quiet', 'posix', path.join(folder, 's3')],
    { stdio: 'ignore', env: { ...process.env, ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey } },
  );
  const probe = openStore(access(), 'any').client;
  await poll({
    probe: () =>
      probe.send(new ListBucketsCommand({})).then(
        () => true,
        () => undefined,
      ),
    deadline: Deadline.after(20),
    every: 0.05,
    onTimeout: () => new Error('versitygw does not answer'),
  });
});
afterAll(async () => {
  const ended = new Promise((resolve) => gateway.once('exit', resolve));
  gateway.kill();
  await ended;
  rmSync(folder, { recursive: true });
});

let tests = 0;
beforeEach(() => {
  store = openStore(access(), `bootfleet-test-${tests++}`);
});
afterEach(() => {
  store.client.destroy();
});

function access(): Store['access'] {
  return {
    endpoint,
    endpointFromServers: 'http://169.254.42.2:1',
    region: 'fr-par',
    accessKey,
    secretKey,
    local: true,
  };
}

function fileOf(content: Uint8Array, name = 'edge.img') {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file, key: `images/edge/${sha256}.img`, size: content.length, sha256 };
}

/** Numbers of the parts that a store's client sends from now on. @param fail makes the error of a part. */
function partsSent(from: Store, fail: (part: number) => Error | undefined = () => undefined): number[] {
  const sent: number[] = [];
  from.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'UploadPartCommand') {
          const number = (args.input as { PartNumber: number }).PartNumber;
          sent.push(number);
          const error = fail(number);
          if (error) throw error;
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  return sent;
}

const status = async (url: string): Promise<number> => (await fetch(url)).status;

describe('ensureFile', () => {
  test('stores a file of several parts, readable by key and by nobody listable', async () => {
    const content = randomBytes(20 * 1024 * 1024);
    const upload = fileOf(content);
    const progress: number[] = [];
    expect(await ensureFile(store, { ...upload, onProgress: (done) => progress.push(done) })).toBe('sent');
    const answer = await fetch(objectUrl(store, upload.key, 'here'));
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
    expect(progress.at(-1)).toBe(content.length);
    expect(await status(`${endpoint}/${store.bucket}/`)).toBe(403);
    expect(await status(`${endpoint}/${store.bucket}?list-type=2`)).toBe(403);
    expect(objectUrl(store, upload.key, 'servers')).toBe(
      `http://169.254.42.2:1/${store.bucket}/${upload.key}`,
    );
  });

  test('does not send again what is there, but does when it is not the same', async () => {
    const upload = fileOf(Buffer.from('content'));
    expect(await ensureFile(store, upload)).toBe('sent');
    expect(await ensureFile(store, upload)).toBe('present');
    await ensureContent(store, {
      key: upload.key,
      content: Buffer.from('CONTENT'),
      contentType: 'text/plain',
    });
    expect(await ensureFile(store, upload)).toBe('sent');
  });

  test('a file that changed since preview never becomes visible', async () => {
    for (const size of [10, 20 * 1024 * 1024]) {
      const upload = fileOf(randomBytes(size));
      writeFileSync(upload.file, randomBytes(size));
      await expect(ensureFile(store, upload)).rejects.toThrow(/^BF1505/);
      expect(await headObject(store, upload.key)).toBeUndefined();
      const left = await store.client.send(new ListMultipartUploadsCommand({ Bucket: store.bucket }));
      expect(left.Uploads ?? []).toEqual([]);
    }
  });

  test('removes what an upload that was killed left behind', async () => {
    const first = fileOf(Buffer.from('x'), 'other');
    await ensureFile(store, first);
    const upload = fileOf(randomBytes(1000));
    const target = { Bucket: store.bucket, Key: upload.key };
    const { UploadId } = await store.client.send(new CreateMultipartUploadCommand(target));
    await store.client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'half' }));
    expect(await status(objectUrl(store, upload.key, 'here'))).not.toBe(200);
    await ensureFile(store, upload);
    const left = await store.client.send(new ListMultipartUploadsCommand({ Bucket: store.bucket }));
    expect(left.Uploads ?? []).toEqual([]);
  });

  test('goes on with what a killed upload left in the store, and nothing of it is visible before', async () => {
    const upload = fileOf(randomBytes(70 * 1024 * 1024), 'killed.img');
    const child = spawn(
      process.execPath,
      ['test/transfer/upload-child.ts', JSON.stringify({ access: access(), bucket: store.bucket, upload })],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'exit');
    let said = '';
    for await (const text of child.stdout) {
      said += String(text);
      if (said.includes('3 parts are there')) child.kill('SIGKILL');
    }
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
    expect(await headObject(store, upload.key)).toBeUndefined();
    expect(await status(objectUrl(store, upload.key, 'here'))).not.toBe(200);

    const sent = partsSent(store);
    const progress: number[] = [];
    expect(await ensureFile(store, { ...upload, onProgress: (done) => progress.push(done) })).toBe('sent');
    expect(sent).toEqual([4, 5]);
    expect(progress[0]).toBe(partSize(upload.size));
    expect(progress.at(-1)).toBe(upload.size);
    expect(await openUploads(store, '')).toEqual([]);
    const stored = await fetch(objectUrl(store, upload.key, 'here'));
    const sha256 = createHash('sha256')
      .update(Buffer.from(await stored.arrayBuffer()))
      .digest('hex');
    expect(sha256).toBe(upload.sha256);
  });

  test("goes on after an error, sends parts again that are not the file's, and ends uploads of other digests", async () => {
    const upload = fileOf(randomBytes(70 * 1024 * 1024), 'broken.img');
    await ensureContent(store, { key: 'x', content: Buffer.from('x'), contentType: 'text/plain' });
    const begin = async (key: string, parts: readonly [number, Uint8Array][]): Promise<void> => {
      const id = await beginUpload(store, key, upload.sha256);
      const target = { Bucket: store.bucket, Key: key, UploadId: id };
      for (const [PartNumber, Body] of parts)
        await store.client.send(new UploadPartCommand({ ...target, PartNumber, Body }));
    };
    const part = (number: number): Buffer =>
      readFileSync(upload.file).subarray((number - 1) * partSize(0), number * partSize(0));
    await begin(upload.key, [
      [1, part(1)],
      [2, randomBytes(partSize(0))],
      [3, part(3)],
      [4, randomBytes(10)],
    ]);
    await begin(upload.key, [[5, part(5)]]);
    await begin(`images/edge/${'0'.repeat(64)}.img`, [[1, part(1)]]);
    await begin('images/other/1.img', [[1, part(1)]]);

    const failing = openStore(access(), store.bucket);
    const tried = partsSent(failing, (number) => (number === 4 ? new Error('the line broke') : undefined));
    await expect(ensureFile(failing, upload)).rejects.toThrow('the line broke');
    expect(tried).toContain(2);
    expect(await headObject(store, upload.key)).toBeUndefined();

    const sent = partsSent(store);
    await ensureFile(store, upload);
    expect(sent).not.toContain(1);
    expect(sent).not.toContain(2);
    expect(sent).not.toContain(3);
    expect(sent).toContain(4);
    expect((await openUploads(store, '')).map(({ key }) => key)).toEqual(['images/other/1.img']);
    const stored = await fetch(objectUrl(store, upload.key, 'here'));
    expect(Buffer.from(await stored.arrayBuffer()).equals(readFileSync(upload.file))).toBe(true);
  });

  test('says so when nobody answers, or the key is wrong', async () => {
    const upload = fileOf(Buffer.from('x'));
    const at = { ...access(), endpoint: 'http://127.0.0.1:9' };
    const nowhere = openStore(at, store.bucket, { patience: 1 });
    await expect(ensureFile(nowhere, upload)).rejects.toThrow(/^BF1501.*127\.0\.0\.1:9/);
    const stranger = openStore({ ...access(), secretKey: 'hunter2' }, store.bucket);
    const refused = await ensureFile(stranger, upload).catch((error: unknown) => String(error));
    expect(refused).toMatch(/BF1502/);
    expect(refused).not.toContain('hunter2');
  });
});

describe('removeObjects', () => {
  test('deletes the bucket with the last object, and is fine with what is gone', async () => {
    const one = fileOf(Buffer.from('1'));
    const two = fileOf(Buffer.from('2'), 'two');
    await ensureFile(store, one);
    await ensureFile(store, two);
    const buckets = (): string[] => readdirSync(path.join(folder, 's3'));
    await removeObjects(store, [one.key]);
    expect(buckets()).toContain(store.bucket);
    await removeObjects(store, [two.key]);
    expect(buckets()).not.toContain(store.bucket);
    await removeObjects(store, [one.key, two.key]);
  });

  test('deletes a bucket in which an upload was begun and never completed', async () => {
    const one = fileOf(Buffer.from('1'), 'begun');
    await ensureFile(store, one);
    await beginUpload(store, 'images/x/y.img', 'z');
    await removeObjects(store, [one.key]);
    expect(readdirSync(path.join(folder, 's3'))).not.toContain(store.bucket);
  });
});

test('no object has more than 1000 parts', () => {
  for (const size of [0, 1, 16 * 2 ** 20, 16_000 * 2 ** 20, 16_001 * 2 ** 20, 2 ** 40]) {
    expect(Math.ceil(size / partSize(size))).toBeLessThanOrEqual(1000);
  }
});
