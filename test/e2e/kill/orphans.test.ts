import { afterAll, beforeAll, expect, test } from 'vitest';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText } from '../harness/fleet-file.ts';
import { buildImages, undatedImage } from '../harness/images.ts';
import { markedProcesses, type MarkedProcess } from '../harness/marked-processes.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// SIGKILL for `pulumi` alone, as the kernel does when memory runs out: everything that it started ends by itself.
let place: Workplace;
let api: CloudApi;
let stack: TestStack;

beforeAll(async () => {
  place = await openWorkplace();
  const [endpoints] = await Promise.all([
    place.startCloud({ machines: 'scripted' }),
    buildImages(place, [{ version: 1 }]),
  ]);
  api = cloudApi(place, endpoints);
  stack = await createStack(
    place,
    fleetText({ fleet: 'orphans', images: { edge: await undatedImage(place) } }),
  );
});

afterAll(async () => {
  await place.close();
});

const kinds = {
  'language host': /pulumi-language-nodejs/,
  program: /cmd\/run\/index\.js/,
  'dynamic provider': /dynamic-provider/,
  'scaleway provider': /standin\/main\.ts|pulumi-resource-scaleway/,
};

/** What `pulumi` has started and is there now. */
async function startedByPulumi(): Promise<readonly MarkedProcess[]> {
  const patterns = Object.values(kinds);
  return (await markedProcesses(place.mark)).filter(({ command }) =>
    patterns.some((pattern) => pattern.test(command)),
  );
}

/** SIGKILL for `pulumi` in the middle of something that takes longer than this test. */
async function killed(
  command: 'up' | 'destroy',
  fault: { path: string; method: string },
  at: RegExp,
): Promise<void> {
  await api.fault({ ...fault, latency: 120 });
  const running = stack.start(command);
  await running.until(at);
  const before = await startedByPulumi();
  expect(before.map(({ command: line }) => line).join('\n')).toMatch(kinds['language host']);
  running.kill('SIGKILL');
  await running.done;
  let left: readonly MarkedProcess[] = [];
  await poll({
    probe: async () => {
      left = await startedByPulumi();
      return left.length === 0 ? true : undefined;
    },
    deadline: Deadline.after(15),
    every: 0.1,
    onTimeout: () => new Error(`still there:\n${left.map(({ command: line }) => line).join('\n')}`),
  });
  await api.clearFaults();
  await stack.repair();
}

test('up, while its providers are being started', async () => {
  await killed('up', { path: '*/servers', method: 'POST' }, /Image\w* edge creating|Server edge-1 creating/);
});

test('up, while a server is made', async () => {
  await killed('up', { path: '*/servers', method: 'POST' }, /BootScript edge created/);
});

test('destroy', async () => {
  const up = await stack.run('up');
  expect(up.status, up.output).toBe(0);
  await killed('destroy', { path: '*/servers/*', method: 'DELETE' }, /BootMode edge-1 deleted/);
});
