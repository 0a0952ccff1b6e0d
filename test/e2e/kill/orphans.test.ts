import { afterAll, beforeAll, expect, test } from 'vitest';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { ownTags, resourceTag } from '../../../components/fleet/naming.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText } from '../harness/fleet-file.ts';
import { buildImages, undatedImage } from '../harness/images.ts';
import { markedProcesses, type MarkedProcess } from '../harness/marked-processes.ts';
import { signal } from '../harness/signal.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// SIGKILL for `pulumi` alone, as the kernel does when memory runs out: everything that it started ends by itself, but
// for a provider that was never asked anything and has no program beside it, which `bootfleet repair` ends.
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
  provider: /pulumi-resource-pulumi-nodejs|dynamic-provider/,
  'scaleway provider': /standin\/main\.ts|pulumi-resource-scaleway/,
};

/** What `pulumi` has started and is there now. */
async function startedByPulumi(): Promise<readonly MarkedProcess[]> {
  const patterns = Object.values(kinds);
  return (await markedProcesses(place.mark)).filter(({ command }) =>
    patterns.some((pattern) => pattern.test(command)),
  );
}

/**
 * Resolves as soon as there is a provider that Pulumi has not asked anything yet: Node alone takes longer to start. It is
 * stopped there, so that it stays so however long the kill takes.
 *
 * @returns what lets it go on.
 */
async function providerStarts(): Promise<() => void> {
  const providers = await poll({
    probe: async () => {
      const found = (await startedByPulumi()).filter(({ command }) => kinds.provider.test(command));
      for (const { pid } of found) signal(pid, 'SIGSTOP');
      return found.length > 0 ? found : undefined;
    },
    deadline: Deadline.after(60),
    every: 0.01,
    onTimeout: () => new Error('no provider was started'),
  });
  return () => {
    for (const { pid } of providers) signal(pid, 'SIGCONT');
  };
}

/** SIGKILL for `pulumi` in the middle of something that takes longer than this test. */
async function killed(
  command: 'up' | 'destroy',
  fault: { path: string; method: string },
  at: RegExp | (() => Promise<() => void>),
  endedBy: 'themselves' | 'repair' = 'themselves',
): Promise<void> {
  await api.fault({ ...fault, latency: 120 });
  const running = stack.start(command);
  const goOn = await (at instanceof RegExp ? running.until(at) : at());
  const before = await startedByPulumi();
  expect(before.map(({ command: line }) => line).join('\n')).toMatch(kinds['language host']);
  running.kill('SIGKILL');
  await running.done;
  goOn?.();
  if (endedBy === 'repair') {
    // Those that were never asked anything are all that is left: nothing ends them but this.
    expect(await startedByPulumi()).not.toEqual([]);
    await stack.repair();
  }
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

test('up, while its provider is being started', async () => {
  await killed('up', { path: '*/servers', method: 'POST' }, providerStarts);
});

test('up, while a server is made', async () => {
  await killed('up', { path: '*/servers', method: 'POST' }, /BootScript edge created/);
});

test('destroy, while its provider is being started', async () => {
  const up = await stack.run('up');
  expect(up.status, up.output).toBe(0);
  await killed('destroy', { path: '*/servers/*', method: 'DELETE' }, providerStarts, 'repair');
});

test('destroy', async () => {
  await killed('destroy', { path: '*/servers/*', method: 'DELETE' }, /BootMode edge-1 deleted/);
});

test('an address without a trace stays, is shown, and removed when it is asked for', async () => {
  expect((await stack.run('destroy')).status).toBe(0);
  const tags = [...ownTags('orphans', `bootfleet/${stack.name}`), resourceTag('edge-1')];
  await api.call('POST', '/instance/v1/zones/fr-par-1/ips', { tags });
  const up = await stack.run('up');
  expect(up.status, up.output).toBe(0);
  const leaks = ['leaks', stack.name, '--file', stack.fleetFile];
  const shown = await place.bootfleet([...leaks, '--json']);
  expect(shown.status).toBe(1);
  expect(JSON.parse(shown.stdout)).toMatchObject([
    { kind: 'ip', why: 'it carries the tags fleet:orphans and stack:bootfleet/local' },
  ]);
  const removed = await place.bootfleet([...leaks, '--remove']);
  expect(removed.stdout).toMatch(/^removed: ip .*\nNo leaks: /);
  expect(removed.status).toBe(0);
  // What the stack holds is untouched.
  const last = await stack.run('up');
  expect(Object.keys(last.changes)).toEqual(['same']);
});
