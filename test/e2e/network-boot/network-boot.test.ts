import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildRescue } from '../../../guest/rescue/build-rescue.ts';
import { serve, type Web } from '../../guest/support/web.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { dialogues } from '../harness/machine.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// A fleet that boots from the network, from nothing to nothing: the real CLI and one real machine. The tests build on
// each other. What the kinds of scripts do on a machine is tested in test/components/network-boot.
let place: Workplace;
let api: CloudApi;
let stack: TestStack;
let web: Web;

const fleetFile = (word: string, more = ''): string => `fleet: live
cloud:
  scaleway: { zone: fr-par-1, endpoint: local }
servers:
  live:
    type: START1-XS
    boot:
      script: kernel
      url: ${web.url('/vmlinuz')}
      initrds: [${web.url('/initrd')}]
      arguments: ["console=ttyS0,115200", quiet, no_timer_check, "${word}"]
      proof: { metadata: { state: booted }, within: 3m }
${more}`;

/** What the machine's kernel was told at its last boot, from the console. */
async function commandLine(): Promise<string> {
  const { stdout } = await place.bootfleet(['console', 'live-1', stack.name, '--replay', '--speed', '0']);
  return [...stdout.matchAll(/bootfleet-rescue: command-line (.*)/g)].at(-1)?.[1]?.trimEnd() ?? '';
}

beforeAll(async () => {
  place = await openWorkplace();
  const files = await buildRescue();
  const [kernel, initrd] = await Promise.all([readFile(files.kernel), readFile(files.initrd)]);
  web = await serve((request, response) => {
    response.end(request.url === '/vmlinuz' ? kernel : initrd);
  });
  // The files come from a web server on this machine, which servers reach in an open network only.
  api = cloudApi(place, await place.startCloud({ network: 'open' }));
  stack = await createStack(place, fleetFile('first=1'));
});

afterAll(async () => {
  await web.close();
  await place.close();
});

test('preview tells what up will do; up boots it and proves it; status says so', async () => {
  const preview = await stack.run('preview');
  expect(preview.output).toMatch(/NetworkBoot\s+live-1\s+create/);
  const up = await stack.run('up');
  expect(up.output).not.toContain('error:');
  expect(up.changes).toEqual(preview.changes);
  expect(await commandLine()).toContain(' first=1 ');
  const [server] = await api.servers();
  expect(server).toMatchObject({ state: 'running', state_detail: 'booted', boot_type: 'bootscript' });
  const { status, stdout } = await place.bootfleet([
    'status',
    stack.name,
    '--file',
    stack.fleetFile,
    '--json',
  ]);
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'live-1', state: 'booted', build: '', health: 'ok' }]);
  expect(status).toBe(0);
});

test('a second up touches nothing', async () => {
  const before = await dialogues(place, stack.name, 'live-1');
  const again = await stack.run('up', ['--expect-no-changes']);
  expect(again.output).not.toContain('error:');
  expect(again.status).toBe(0);
  expect((await stack.run('refresh', ['--expect-no-changes'])).status).toBe(0);
  expect(await dialogues(place, stack.name, 'live-1')).toEqual(before);
});

test('another argument is another boot: preview says what is lost, and up does as much', async () => {
  await stack.write(fleetFile('second=2'));
  const preview = await stack.run('preview');
  expect(preview.output).toMatch(
    /live-1: what it boots changed: it will be booted again.*memory only is lost/,
  );
  const up = await stack.run('up');
  expect(up.changes).toEqual(preview.changes);
  expect(up.changes).toMatchObject({ update: 2 });
  expect(await commandLine()).toContain(' second=2 ');
});

test('what iPXE would misread is refused with its place, and nothing is changed', async () => {
  const before = await api.listing();
  await stack.write(fleetFile('x && reboot'));
  const up = await stack.run('up');
  expect(up.status).not.toBe(0);
  expect(up.output).toMatch(
    /BF1017: .*local\.fleet\.yaml:11:\d+: servers\.live\.boot\.arguments\[3\]: "x && reboot"/,
  );
  expect(await api.listing()).toEqual(before);
});

test('destroy leaves nothing', async () => {
  await stack.write(fleetFile('second=2'));
  expect((await stack.run('destroy')).status).toBe(0);
  const { status, stdout } = await place.bootfleet([
    'leaks',
    stack.name,
    '--file',
    stack.fleetFile,
    '--json',
  ]);
  expect({ status, found: JSON.parse(stdout) as unknown }).toEqual({ status: 0, found: [] });
});
