import { createHash, randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
import { ensureContent, ensureFile, partSize } from '../../transfer/upload.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';

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
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  const program = toolPath('versitygw');
  if (program === undefined) throw new Error('versitygw is not here; npm test installs it');
  gateway = spawn(
    program,
    ['--port', `127.0.0.1:${port}`, '--region', 'fr-par', '--quiet', 'posix', path.join(folder, 's3')],
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

function fileOf(content: Uint8Array, name = 'edge.img') {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file, key: `images/edge/${sha256}.img`, size: content.length, sha256 };
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

  test('says so when nobody answers, or the key is wrong', async () => {
    const upload = fileOf(Buffer.from('x'));
    const nowhere = openStore({ ...access(), endpoint: 'http://127.0.0.1:9' }, store.bucket);
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
});

test('no object has more than 1000 parts', () => {
  for (const size of [0, 1, 16 * 2 ** 20, 16_000 * 2 ** 20, 16_001 * 2 ** 20, 2 ** 40]) {
    expect(Math.ceil(size / partSize(size))).toBeLessThanOrEqual(1000);
  }
});
