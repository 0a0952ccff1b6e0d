import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { abortUploads, openUploads, storedBytes } from '../../transfer/multipart.ts';
import { headObject, openStore, removeObjects, type Store } from '../../transfer/object-store.ts';
import { isPassing, isUnconnected, restBefore } from '../../transfer/passing-trouble.ts';
import { withStoreErrors } from '../../transfer/store-request.ts';
import { ensureFile } from '../../transfer/upload.ts';
import { runs } from '../property-runs.ts';
import { MemoryStore, type StoreRequest, type Trouble } from './memory-store.ts';

// Rests are tested by themselves; here they take no time.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

let folder = '';
let server: MemoryStore;
let store: Store;
let told: string[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-trouble-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  server = await MemoryStore.start();
  told = [];
  const access = { endpoint: server.endpoint, endpointFromServers: server.endpoint, region: 'fr-par' };
  store = openStore({ ...access, accessKey: 'SCWTEST', secretKey: 'secret', local: false }, 'bucket', {
    patience: 3.9,
    onTrouble: (text) => told.push(text),
  });
});
afterEach(async () => {
  store.client.destroy();
  await server.close();
});

function fileOf(size: number) {
  const content = randomBytes(size);
  const file = path.join(folder, 'edge.img');
  writeFileSync(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { content, upload: { file, key: `images/edge/${sha256}.img`, size, sha256 } };
}
const large = 33 * 1024 * 1024;
const denied = { status: 403, code: 'AccessDenied' } as const;
/** The same trouble for the first so many requests of an action. */
const first = (action: string, trouble: Trouble, times = 1) => {
  let left = times;
  return (request: StoreRequest): Trouble | undefined =>
    request.action === action && left-- > 0 ? trouble : undefined;
};

describe('keys with fewer rights', () => {
  test.each([
    [
      'may not list, so that a key that is not there is refused',
      (r: StoreRequest) => (r.action === 'HeadObject' && !server.objects.has(r.key) ? denied : undefined),
    ],
    ['may not list uploads', (r: StoreRequest) => (r.action === 'ListMultipartUploads' ? denied : undefined)],
    [
      'have a store that lists no uploads',
      (r: StoreRequest) =>
        r.action === 'ListMultipartUploads' ? { status: 501, code: 'NotImplemented' } : undefined,
    ],
    [
      'may not create the bucket, which is there',
      (r: StoreRequest) => (r.action === 'CreateBucket' ? denied : undefined),
    ],
    [
      'may neither create it nor look at it',
      (r: StoreRequest) => (r.action.endsWith('Bucket') ? denied : undefined),
    ],
  ])('%s: the upload goes on where it can', async (_name, disturb) => {
    server.bucket = true;
    server.disturb = disturb;
    for (const size of [1000, large]) {
      const { content, upload } = fileOf(size);
      expect(await ensureFile(store, upload)).toBe('sent');
      expect(server.objects.get(upload.key)?.content.equals(content)).toBe(true);
    }
  });

  test('may not see an object: after its upload, and when it is looked for again, that is an error and not "gone"', async () => {
    server.bucket = true;
    server.disturb = ({ action }) => (action === 'HeadObject' ? denied : undefined);
    const { upload } = fileOf(10);
    await expect(ensureFile(store, upload)).rejects.toMatchObject({ code: 'BF1502' });
    expect(server.objects.has(upload.key)).toBe(true);
    await expect(headObject(store, upload.key)).rejects.toMatchObject({ code: 'BF1502' });
  });

  test('may not create the bucket, and there is none: the refusal is told', async () => {
    server.disturb = ({ action }) => (action === 'CreateBucket' ? denied : undefined);
    await expect(ensureFile(store, fileOf(10).upload)).rejects.toMatchObject({
      code: 'BF1502',
      facts: { action: 'creating the bucket' },
    });
  });

  test('may not delete the bucket: the objects are deleted, the bucket stays, and that is told', async () => {
    const { upload } = fileOf(10);
    await ensureFile(store, upload);
    server.disturb = ({ action }) => (action === 'DeleteBucket' ? denied : undefined);
    expect(await removeObjects(store, [upload.key])).toBe(false);
    expect([server.objects.size, server.bucket]).toEqual([0, true]);
    expect(told.at(-1)).toMatch(/deleting the bucket.*; the bucket stays$/);
  });
});

describe('trouble that passes', () => {
  test.each([
    ['CreateBucket', { status: 409, code: 'OperationAborted' }],
    ['CreateBucket', 'answer lost'],
    ['HeadObject', 'reset'],
    ['UploadPart', { status: 503, code: 'SlowDown' }],
    ['UploadPart', 'answer lost'],
    ['CreateMultipartUpload', { status: 500, code: 'InternalError' }],
    ['CreateMultipartUpload', 'answer lost'],
    ['CompleteMultipartUpload', 'answer lost'],
    ['CompleteMultipartUpload', { status: 409, code: 'OperationAborted' }],
    ['AnonymousHead', 'reset'],
    ['AnonymousHead', denied],
    ['AnonymousHead', { status: 503, code: 'SlowDown' }],
  ] as const)('%s: %j is tried again, and told', async (action, trouble) => {
    server.disturb = first(action, trouble, 2);
    const { content, upload } = fileOf(/Bucket|Head/.test(action) ? 2000 : large);
    expect(await ensureFile(store, upload)).toBe('sent');
    expect(server.objects.get(upload.key)?.content.equals(content)).toBe(true);
    expect(server.uploads.size).toBe(0);
    expect(told.filter((text) => text.endsWith('; trying again')).length).toBeGreaterThan(0);
  });

  test('wherever it comes and whatever it is, the object is whole in the end and nothing else is left', async () => {
    // All of it may fall on one request.
    const patient = { ...store, patience: 600 };
    const trouble = fc.constantFrom<Trouble>(
      'reset',
      'answer lost',
      { status: 500, code: 'InternalError' },
      { status: 503, code: 'SlowDown' },
      { status: 429, code: 'TooManyRequests' },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(trouble, { nil: undefined }), { maxLength: 12 }),
        async (troubles) => {
          server.objects.clear();
          server.bucket = false;
          const left = [...troubles];
          server.disturb = () => left.shift();
          const { content, upload } = fileOf(2000);
          expect(await ensureFile(patient, upload)).toBe('sent');
          expect(server.objects.get(upload.key)?.content.equals(content)).toBe(true);
          expect(await removeObjects(patient, [upload.key])).toBe(true);
          expect([server.objects.size, server.bucket]).toEqual([0, false]);
        },
      ),
      { numRuns: runs(30) },
    );
  });

  test.each([
    ['BF1506', { status: 503, code: 'SlowDown' }],
    ['BF1506', { status: 409, code: 'OperationAborted' }],
    ['BF1501', 'reset'],
  ] as const)('that does not pass ends as %s', async (code, trouble) => {
    server.disturb = ({ action }) => (action === 'CreateBucket' ? trouble : undefined);
    await expect(ensureFile(store, fileOf(10).upload)).rejects.toMatchObject({ code });
  });

  test('an object that stays unreadable without a key is told, and so is nobody there', async () => {
    server.disturb = ({ action }) => (action === 'AnonymousHead' ? denied : undefined);
    await expect(ensureFile(store, fileOf(10).upload)).rejects.toMatchObject({
      code: 'BF1504',
      facts: { status: 403 },
    });
    server.disturb = ({ action }) => (action === 'AnonymousHead' ? 'reset' : undefined);
    await expect(ensureFile(store, fileOf(10).upload)).rejects.toMatchObject({ code: 'BF1501' });
  });

  test('what is refused is not tried again', async () => {
    server.disturb = ({ action }) => (action === 'PutObject' ? denied : undefined);
    await expect(ensureFile(store, fileOf(10).upload)).rejects.toMatchObject({ code: 'BF1502' });
    expect(server.asked.filter(({ action }) => action === 'PutObject').length).toBe(1);
  });

  test('is told from what stays, whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(typeof isPassing(thrown)).toBe('boolean');
      }),
    );
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    expect(isPassing(new TypeError('fetch failed', { cause: new AggregateError([refused]) }))).toBe(true);
    expect(isPassing(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))).toBe(false);
    expect(isPassing(Object.assign(new Error('x'), { $metadata: { httpStatusCode: 501 } }))).toBe(false);
  });

  /** Attempts of a request each of which takes so many seconds and fails. */
  async function attempts(seconds: number, failure: Error, patience = 20): Promise<number> {
    let clock = 0;
    let asked = 0;
    const now = vi.spyOn(performance, 'now').mockImplementation(() => clock);
    try {
      const request = withStoreErrors({ ...store, patience }, 'sending', () => {
        asked += 1;
        clock += seconds * 1000;
        return Promise.reject(failure);
      });
      await expect(request).rejects.toMatchObject({ code: 'BF1501' });
      return asked;
    } finally {
      now.mockRestore();
    }
  }
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
  const unreachable = Object.assign(new Error('x'), { code: 'ETIMEDOUT', syscall: 'connect' });

  test('comes in requests that take longer than any patience: a slow line is not given up at the first reset', async () => {
    expect(await attempts(60, reset)).toBeGreaterThanOrEqual(7);
    expect(await attempts(60, reset, 0)).toBe(3);
  });

  test('keeps every attempt from connecting: that is waited for as long as the patience, thrice at least', async () => {
    expect(await attempts(130, unreachable)).toBe(3);
    expect(await attempts(5, unreachable)).toBeLessThanOrEqual(5);
    expect([unreachable, new AggregateError([unreachable]), reset].map(isUnconnected)).toEqual([
      true,
      true,
      false,
    ]);
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(typeof isUnconnected(thrown)).toBe('boolean');
      }),
    );
  });

  test('is waited out longer and longer, 4 s at most', () => {
    expect([1, 2, 3, 4, 5, 6, 50].map((tries) => restBefore(tries, 1))).toEqual([
      200, 400, 800, 1600, 3200, 4000, 4000,
    ]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tries, chance) => {
          expect(restBefore(tries, chance)).toBeGreaterThanOrEqual(restBefore(tries, 1) / 2);
          expect(restBefore(tries, chance)).toBeLessThanOrEqual(restBefore(tries, 1));
        },
      ),
    );
  });
});

test('what a killed upload left is found with its bytes, and ended', async () => {
  expect(await openUploads(store, '')).toEqual([]);
  const { upload } = fileOf(large);
  server.disturb = ({ action }) => (action === 'CompleteMultipartUpload' ? denied : undefined);
  await expect(ensureFile(store, upload)).rejects.toMatchObject({ code: 'BF1502' });
  expect((await openUploads(store, '')).map(storedBytes)).toEqual([large]);
  expect((await abortUploads(store, 'images/')).map(({ key }) => key)).toEqual([upload.key]);
  expect(await openUploads(store, '')).toEqual([]);
});
