import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveMetadata } from '../../../localcloud/metadata/server.ts';
import { openLab, Reader, type Lab } from '../machines/lab.ts';
import { MetadataMemory } from './metadata-memory.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab('md, x');
});
afterAll(async () => {
  expect(await lab.close()).toEqual([]);
});

test('iPXE reads /conf at 169.254.42.42, is refused user data, and nothing outlives the machine', async () => {
  const spec = await lab.spec('m1');
  const source = new MetadataMemory();
  source.data.set('secret', Buffer.from('s3cret'));
  const ports: (number | undefined)[] = [];
  const service = await serveMetadata({
    id: 'm1',
    socketPath: spec.metadataSocket,
    source,
    sourcePort: async () => {
      const port = await lab.driver.metadataSourcePort('m1');
      ports.push(port);
      return port;
    },
  });
  await lab.driver.start(spec);
  const line = new Reader(lab.driver.attachSerial('m1'));
  await line.ipxePrompt();
  expect(await line.command('dhcp')).toContain('ok');
  expect(await line.command('imgfetch --name conf http://169.254.42.42/conf')).toContain('ok');
  expect(await line.command('imgstat')).toMatch(/conf : \d+ bytes/);
  // iPXE's source ports are above 1023: 403, which it reports as error 410c61 (EPERM).
  expect(await line.command('imgfetch http://169.254.42.42/user_data/secret')).toMatch(/not permitted/);
  expect(ports).toHaveLength(1);
  expect(ports[0]).toBeGreaterThan(1023);
  expect(await line.command('imgfetch http://169.254.42.42/nothing')).toMatch(/No such file/);
  await lab.driver.cutPower('m1');
  await service.close();
  expect(await lab.driver.metadataSourcePort('m1')).toBeUndefined();
});
