import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { headObject, openStore } from '../../transfer/object-store.ts';

// A store that takes the request and never answers.
let asked = 0;
const server = createServer(() => {
  asked += 1;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('a store that never answers is given up after its silence, asked again, and told as BF1501 or BF1506', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = openStore(
    {
      endpoint,
      endpointFromServers: endpoint,
      region: 'fr-par',
      accessKey: 'SCWTEST',
      secretKey: 'secret',
      local: false,
    },
    'bucket',
    { patience: 0, silence: 0.1 },
  );
  try {
    await expect(headObject(store, 'images/edge.img')).rejects.toMatchObject({
      code: expect.stringMatching(/^BF150[16]$/) as string,
    });
    expect(asked).toBeGreaterThanOrEqual(3);
  } finally {
    store.client.destroy();
  }
});
