import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveEndpoints } from '../../clouds/scaleway/endpoints.ts';
import { ScalewayCloud } from '../../clouds/scaleway/scaleway-cloud.ts';
import { ConsoleSession } from '../../console/session.ts';
import { hostStopLine } from '../../contracts/host-stop.ts';
import { SimulatedMachineDriver } from '../../localcloud/simulated/simulated-machine-driver.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { startTestCloud, type TestCloud } from '../localcloud/start-daemon.ts';

const why = 'QEMU cannot go on (KVM internal error. Suberror: 1); from its next power-on it is emulated';
const ref = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startTestCloud();
});
afterEach(async () => {
  await cloud.close();
});

test('both sides together: who waits on the console of a machine that its host stops ends with BF1842, and a power cycle cures it', async () => {
  const { driver } = cloud.daemon;
  if (!(driver instanceof SimulatedMachineDriver)) throw new Error('not simulated');
  let say: (text: string) => void = () => undefined;
  driver.attachSerial = () => ({
    onData: (listener) => {
      say = (text) => {
        listener(Buffer.from(text));
      };
    },
    write: () => undefined,
    detach: () => undefined,
  });
  const answer = await cloud.instance('POST', '/servers', {
    name: 'edge-1',
    commercial_type: 'START1-XS',
    volumes: { 0: { size: 1_000_000_000, volume_type: 'l_ssd' } },
  });
  const { id } = answer.body['server'] as { id: string };
  const client = new ScalewayCloud(ref, await resolveEndpoints(ref, cloud.env));
  await client.powerOn(id, Deadline.after(20));
  const session = new ConsoleSession({
    transport: await client.openConsole(id, Deadline.after(20)),
    machine: 'edge-1',
  });
  const wait = session.expect([{ name: 'prompt', match: 'iPXE>' }], {
    deadline: Deadline.after(25),
    doing: "waiting for iPXE's prompt",
  });
  // As the QEMU driver does: the listeners first, then the line.
  driver.stopProcessor(id, { status: 'internal-error', why });
  say(hostStopLine(new Date().toISOString(), why));
  await expect(wait).rejects.toMatchObject({ code: 'BF1842', facts: { machine: 'edge-1', why } });
  await session.close();
  expect((await client.observe(id))?.stoppedByHost).toBe(why);
  await client.hardReboot(id, Deadline.after(20));
  const after = await client.observe(id);
  expect([after?.power, after?.stoppedByHost]).toEqual(['running', undefined]);
});
