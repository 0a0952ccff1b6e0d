import { afterEach, expect, test } from 'vitest';
import { ScalewayHttp } from '../../../clouds/scaleway/http.ts';
import { type Reply, type Seen, startFakeApi } from './fake-api.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

/** A client and what it logs, against answers given in order; the last one repeats. */
async function client(...replies: Reply[]) {
  let next = 0;
  return await clientOf(() => replies[Math.min(next++, replies.length - 1)] ?? 'drop');
}

async function clientOf(answer: (seen: Seen) => Reply) {
  const api = await startFakeApi(answer);
  open.push(api);
  const log: string[] = [];
  const http = new ScalewayHttp(
    { api: api.url, secretKey: 'secret-token' },
    { attempts: 4, firstDelay: 0.005, log: (line) => log.push(line) },
  );
  return { http, log, seen: api.seen };
}

const get = { method: 'GET', path: '/x' } as const;
const post = { method: 'POST', path: '/x', body: { action: 'poweron' } } as const;

test('sends the token and JSON, and reads the answer', async () => {
  const { http, seen } = await client({ json: { server: { id: 'a' } } });
  expect(await http.json({ method: 'PATCH', path: '/x', body: { a: 1 } })).toEqual({ server: { id: 'a' } });
  expect(seen[0]).toMatchObject({ method: 'PATCH', token: 'secret-token', body: '{"a":1}' });
});

test('repeats after 5xx, 429 and a lost connection, bounded and logged', async () => {
  const { http, log, seen } = await client(
    { status: 503 },
    'drop',
    { status: 429, headers: { 'retry-after': '0' } },
    { json: { ok: 1 } },
  );
  expect(await http.json(get)).toEqual({ ok: 1 });
  expect([seen.length, log.length]).toEqual([4, 3]);
  expect(log[0]).toContain('status 503; attempt 2 of 4');
  const failing = await client({ status: 502, text: 'bad gateway' });
  await expect(failing.http.send(get)).rejects.toMatchObject({
    code: 'BF1408',
    facts: { status: 502, attempts: 4 },
  });
  expect(failing.seen.length).toBe(4);
});

test('an action is never sent twice once it may have been taken, but is after 429', async () => {
  for (const reply of [{ status: 500 }, 'drop'] as const) {
    const { http, seen } = await client(reply, { json: {} });
    await expect(http.send(post)).rejects.toThrow(/BF140[38]/);
    expect(seen.length).toBe(1);
  }
  const limited = await client({ status: 429, headers: { 'retry-after': '0' } }, { json: {} });
  await limited.http.send(post);
  expect(limited.seen.length).toBe(2);
});

test('Retry-After is kept to', async () => {
  const { http } = await client({ status: 429, headers: { 'retry-after': '0.2' } }, { json: {} });
  const start = performance.now();
  await http.send(get);
  expect(performance.now() - start).toBeGreaterThan(190);
});

const bodies = {
  BF1404: [
    401,
    { message: 'authentication is denied', type: 'denied_authentication' },
    'authentication is denied',
  ],
  BF1405: [
    403,
    {
      details: [{ action: 'write', resource: 'compute_servers' }],
      message: 'insufficient permissions',
      type: 'permissions_denied',
    },
    'write compute_servers',
  ],
  BF1406: [
    404,
    { type: 'not_found', message: 'resource is not found', resource: 'instance_server', resource_id: 'abc' },
    'instance_server abc',
  ],
  BF1407: [
    400,
    {
      type: 'invalid_arguments',
      message: 'invalid argument(s)',
      details: [{ argument_name: 'boot_type', reason: 'constraint', help_message: 'not valid' }],
    },
    'boot_type constraint not valid',
  ],
} as const;

test.each(Object.entries(bodies))(
  'an error body becomes %s, asked once, without the token in it',
  async (code, [status, json, text]) => {
    const { http, seen } = await client({ status, json });
    const failed = await http.send(get).catch((error: unknown) => error as Error);
    expect(failed).toMatchObject({ code });
    expect((failed as Error).message).toContain(text);
    expect(JSON.stringify(failed)).not.toContain('secret-token');
    expect(seen.length).toBe(1);
  },
);

test('an endpoint that is down, a missing thing that may be missing, an answer that is not JSON', async () => {
  const down = new ScalewayHttp(
    { api: 'http://127.0.0.1:1', secretKey: 's' },
    { attempts: 2, firstDelay: 0.001, log: () => undefined },
  );
  await expect(down.send(get)).rejects.toMatchObject({ code: 'BF1403', facts: { attempts: 2 } });
  const { http } = await client({ status: 404, text: '' }, { text: '<html>portal</html>' });
  expect(await http.send({ ...get, orNothing: true })).toBeUndefined();
  await expect(http.json(get)).rejects.toMatchObject({ code: 'BF1410' });
});

test('a list is read to its last page', async () => {
  const all = Array.from({ length: 230 }, (_, id) => ({ id }));
  const { http, seen } = await clientOf(({ query }) => {
    const page = Number(query.get('page'));
    return {
      json: { servers: all.slice((page - 1) * 100, page * 100) },
      headers: { 'x-total-count': '230' },
    };
  });
  expect(await http.listAll('/servers', 'servers', { tags: 'demo' })).toEqual(all);
  expect(seen.map(({ query }) => query.get('tags'))).toEqual(['demo', 'demo', 'demo']);
});
