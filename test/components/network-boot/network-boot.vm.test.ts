import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cloud } from '../../../clouds/cloud.ts';
import { connectCloud } from '../../../clouds/connect.ts';
import { ScalewayHttp } from '../../../clouds/scaleway/http.ts';
import { artifactStore } from '../../../components/artifact-store.ts';
import { oneWord } from '../../../components/boot-script/argument.ts';
import type { Script } from '../../../components/boot-script/args.ts';
import * as bootScript from '../../../components/boot-script/handler.ts';
import type {
  BootProof,
  NetworkBootInputs,
  NetworkBootState,
} from '../../../components/network-boot/args.ts';
import * as networkBoot from '../../../components/network-boot/handler.ts';
import { networkNoteKey, parseNetworkNote } from '../../../components/network-boot/note.ts';
import { ensureDemoKeys } from '../../../guest/appliance/keys.ts';
import { buildRescue } from '../../../guest/rescue/build-rescue.ts';
import { connectRemote } from '../../../remote/connect.ts';
import { objectUrl, type Store } from '../../../transfer/object-store.ts';
import { ensureContent } from '../../../transfer/upload.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { EmbeddedCloud } from '../boot-mode/embedded-cloud.ts';
import { nasty } from '../boot-script/nasty.ts';
import { tinyIso } from './tiny-iso.ts';

/** Kernels, scripts and CDs booted from the network, on one real machine with a real iPXE. The tests build on each other. */
const ref = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;
const machine = 'live-1';
const urn = (kind: string): string =>
  `urn:pulumi:vmtest::bootfleet::pulumi-nodejs:dynamic/bootfleet:${kind}::${machine}`;
const up: BootProof = { kind: 'console', pattern: '^bootfleet-rescue: up' };

let embedded: EmbeddedCloud;
let cloud: Cloud;
let store: Store;
let server: string;
let sshKey: string;
let kernel: string;
let initrd: string;

beforeAll(async () => {
  embedded = await EmbeddedCloud.start();
  cloud = await connectCloud(ref);
  store = await artifactStore(ref, { fleet: 'vmtest', stack: 'vmtest' });
  const keys = await ensureDemoKeys(join(embedded.folder, 'keys'));
  ({ sshKey } = keys);
  server = await embedded.newServer(machine);
  await setTags([`AUTHORIZED_KEY=${keys.sshPublicKey.replaceAll(' ', '_')}`]);
  const files = await buildRescue();
  kernel = await put('test/vmlinuz', await readFile(files.kernel));
  initrd = await put('test/initrd', await readFile(files.initrd));
});
afterAll(async () => {
  store.client.destroy();
  await embedded.stop();
});

async function setTags(tags: readonly string[]): Promise<void> {
  const http = new ScalewayHttp(embedded.endpoints);
  await http.json({
    method: 'PATCH',
    path: `/instance/v1/zones/${ref.zone}/servers/${server}`,
    body: { tags },
  });
}

/** Puts an object. @returns its address for the server, with nothing in it escaped. */
async function put(key: string, content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  await ensureContent(store, { key, content: bytes, contentType: 'application/octet-stream' });
  return `${objectUrl(store, 'x', 'servers').slice(0, -1)}${key}`;
}

/** Checks and publishes a script as Pulumi does. @returns the failures, or the script's URL. */
async function script(does: Script): Promise<{ refused: string[]; url: string }> {
  const inputs = { cloud: ref, fleet: 'vmtest', script: machine, does, resourceUrn: urn('BootScript') };
  const { failures = [], inputs: checked } = await bootScript.check(inputs, inputs);
  if (failures.length > 0 || !checked) return { refused: failures.map(({ reason }) => reason), url: '' };
  return { refused: [], url: (await bootScript.create(checked)).outs?.url ?? '' };
}

function inputsFor(scriptUrl: string, rest: Partial<NetworkBootInputs> = {}): NetworkBootInputs {
  const resourceUrn = urn('NetworkBoot');
  return {
    cloud: ref,
    server,
    machine,
    mode: 'ipxe-console',
    scriptUrl,
    proof: up,
    within: 120,
    resourceUrn,
    ...rest,
  };
}

let state: NetworkBootState;
/** Boots as `pulumi up` does: creates at first, then updates what is there. */
async function boot(does: Script, rest: Partial<NetworkBootInputs> = {}): Promise<NetworkBootInputs> {
  const { refused, url } = await script(does);
  expect(refused).toEqual([]);
  const inputs = inputsFor(url, rest);
  expect((await networkBoot.check(inputs, inputs)).failures).toEqual([]);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- at first there is none
  const { outs } = state ? await networkBoot.update('x', state, inputs) : await networkBoot.create(inputs);
  if (!outs) throw new Error('no outputs');
  state = outs;
  return inputs;
}

const fixedWords = ['console=ttyS0,115200', 'quiet', 'no_timer_check'];

const debian = (words: readonly string[] = []): Script => ({
  kind: 'kernel',
  kernel,
  initrds: [initrd],
  arguments: [...fixedWords, ...words],
});

/** What the console showed, by dialogue. */
async function dialogues(): Promise<string[]> {
  const folder = join(embedded.folder, 'data', 'stacks', 'vmtest', 'transcripts', machine);
  const names = (await readdir(folder).catch(() => [])).toSorted();
  return Promise.all(names.map(async (name) => shown(await readFile(join(folder, name), 'utf8'))));
}

function shown(cast: string): string {
  const events = cast
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [number, string, string]);
  return events.flatMap(([, kind, text]) => (kind === 'o' ? [text] : [])).join('');
}

/** The command line as the last kernel got it. */
async function commandLine(): Promise<string> {
  // A console begins with what earlier boots said.
  const said = [...((await dialogues()).at(-1) ?? '').matchAll(/bootfleet-rescue: command-line (.*)\r?\n/g)];
  return said.at(-1)?.[1]?.trimEnd() ?? '';
}

/** Values that look like quoting, expansion or another command, and are one word to iPXE all the same. */
const harmlessWords = [
  "q='single'", 'a&&b', 'a||b', '&&x', '||x', 'x;y', ';x', '$HOME', '$(reboot)', '{curly}', 'back\\slash', '\\n', 'a\\tb',
  '50%', '%25', 'a#b', '<>|', '`tick`', '!bang', '~', '&', '|', "'", '--x', '$x}', '[*]', '?', '=', 'a=b=c',
]; // prettier-ignore
/** Values that iPXE or a kernel would read as more than one thing. */
const harmfulWords = [
  'two words', 'tab\tbed', 'quiet\nreboot', 'quiet\r\nreboot', '"quoted"', '&&', '||', ';', '#comment', '${net0/ip}', 'x${', 'a$', 'x\\',
  '', 'ünicode', 'nul\0byte', 'esc\x1b[2J', '\u2028',
]; // prettier-ignore

/** Which words are taken. */
function sorted(words: readonly string[]): { accepted: string[]; refused: string[] } {
  const accepted: string[] = [];
  const refused: string[] = [];
  for (const word of words) {
    try {
      accepted.push(oneWord('word', word));
    } catch (error) {
      expect(error).toMatchObject({ code: 'BF1271' });
      refused.push(word);
    }
  }
  return { accepted, refused };
}

describe('kernel', () => {
  test('every value reaches the kernel as it was written, or is refused before anything is booted', async () => {
    for (const word of harmfulWords) {
      const { refused } = await script(debian([word]));
      expect(refused, JSON.stringify(word)).toEqual([expect.stringMatching(/^BF1271: .*arguments\[3\]/)]);
    }
    const seed = Date.now() % 2 ** 31;
    console.info(`random words: seed ${seed}`);
    // As values of a module's parameters: a kernel takes at most 32 words that it does not know for its init.
    const random = fc.sample(nasty, { numRuns: 400, seed }).map((text, at) => `x.${at}=${text}`);
    const { accepted, refused } = sorted(random);
    expect(refused.length).toBeGreaterThan(20);
    const words = [...fixedWords, ...harmlessWords, ...accepted.slice(0, 60)];
    // As long as a kernel's command line can be, to the character.
    const rest = 2047 - [...words, 'p=', 'initrd=initrd'].join(' ').length;
    words.push(`p=${'x'.repeat(rest)}`);
    await boot(debian(words.slice(fixedWords.length)));
    expect(state).toMatchObject({ power: 'running', proven: true });
    expect((await commandLine()).split(' ')).toEqual([...words, 'initrd=initrd']);
  }, 300_000);

  test('a machine that is right is not touched, and preview says so', async () => {
    const before = await dialogues();
    const inputs = inputsFor(state.scriptUrl);
    expect(await networkBoot.diff('x', state, inputs)).toMatchObject({ changes: false });
    // As after a killed `pulumi up`: a second creation, and an update of what a refresh has seen.
    const again = (await networkBoot.create(inputs)).outs;
    expect(again?.bootedAt).toBe(state.bootedAt);
    const seen = await networkBoot.read('x', state);
    expect(seen.props).toMatchObject({ proven: true, power: 'running' });
    expect((await networkBoot.update('x', state, { ...inputs, within: 60 })).outs?.bootedAt).toBe(
      state.bootedAt,
    );
    expect(await dialogues()).toEqual(before);
  }, 60_000);

  test('switched off by hand, a refresh finds it and the next update boots it again', async () => {
    await cloud.powerOff(server, Deadline.after(60));
    const { props } = await networkBoot.read('x', state);
    expect(props).toMatchObject({ power: 'off', proven: false });
    const olds = { ...state, ...props };
    const inputs = inputsFor(state.scriptUrl);
    expect(await networkBoot.diff('x', olds, inputs)).toMatchObject({ changes: true, replaces: [] });
    const { outs } = await networkBoot.update('x', olds, inputs);
    expect(outs).toMatchObject({ power: 'running', proven: true });
    expect(Date.parse(outs?.bootedAt ?? '')).toBeGreaterThan(Date.parse(state.bootedAt));
    state = outs ?? state;
  }, 300_000);
});

test('killed while it boots, the next run boots it again and ends right', async () => {
  const { url } = await script(debian(['killed=1']));
  const inputs = inputsFor(url);
  const before = (await dialogues()).length;
  const child = spawn(
    process.execPath,
    ['test/components/network-boot/boot-child.ts', JSON.stringify(inputs)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  try {
    await poll({
      deadline: Deadline.after(120),
      every: 0.1,
      onTimeout: () => new Error('it never powered the machine on'),
      probe: async () => {
        if (child.exitCode !== null) throw new Error('it ended before the moment to kill it');
        const running = (await cloud.observe(server))?.power === 'running';
        return running && (await dialogues()).length > before ? true : undefined;
      },
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  const note = async (): Promise<unknown> => parseNetworkNote(await cloud.readNote(server, networkNoteKey));
  expect(await note()).toMatchObject({ phase: 'starting' });
  const { outs } = await networkBoot.create(inputs);
  expect(outs).toMatchObject({ power: 'running', proven: true });
  expect(await note()).toMatchObject({ phase: 'booted', boot: outs?.boot });
  expect(await commandLine()).toContain(' killed=1 ');
  state = outs ?? state;
}, 300_000);

describe('chain', () => {
  const awkward = `test/a b"c'd&&e||f;\${net0/mac}$(x)!.ipxe`;

  test('a second script in object storage, by an address full of meaning, and SSH as the proof', async () => {
    const url = await put(
      awkward,
      [
        '#!ipxe',
        `kernel ${kernel} console=ttyS0,115200 quiet no_timer_check second initrd=initrd`,
        `initrd ${initrd}`,
        'boot',
        '',
      ].join('\n'),
    );
    const ssh = { user: 'root', keyFile: sshKey };
    await boot(
      { kind: 'chain', url },
      { proof: { kind: 'ssh', command: ['grep', '-q', 'second', '/proc/cmdline'] }, ssh },
    );
    expect(state).toMatchObject({ proven: true, hostKeySource: 'console' });
    expect(state.hostKey).toMatch(/^ssh-ed25519 /);
    expect(await commandLine()).toContain(' second ');
    // Asked again over SSH, with the recorded key; and another command, which fails, is noticed.
    expect((await networkBoot.read('x', state)).props).toMatchObject({ proven: true });
    const other = { ...state, proof: { kind: 'ssh', command: ['test', '-e', '/nowhere'] } } as const;
    expect((await networkBoot.read('x', other)).props).toMatchObject({ proven: false });
  }, 300_000);

  test('restart boots it again, the metadata state as the proof', async () => {
    const before = state;
    const inputs = {
      ...inputsFor(state.scriptUrl, { proof: { kind: 'metadata', state: 'booted' } }),
      restart: 'once',
    };
    expect(await networkBoot.diff('x', state, inputs)).toMatchObject({ changes: true });
    state = (await networkBoot.update('x', state, inputs)).outs ?? state;
    expect(state).toMatchObject({ proven: true, state: 'booted', hostKey: '' });
    expect(state.bootedAt).not.toBe(before.bootedAt);
    // Another proof is asked for without another boot; the key of that first contact is kept.
    const ssh = { user: 'root', keyFile: sshKey };
    const { outs } = await networkBoot.update('x', state, { ...inputs, proof: { kind: 'ssh' }, ssh });
    expect(outs).toMatchObject({ bootedAt: state.bootedAt, hostKeySource: 'first-contact' });
    expect(outs?.hostKey).toMatch(/^ssh-ed25519 /);
  }, 300_000);

  test('a script that is not there, and one that does not prove itself: each its own error', async () => {
    const missing = boot({ kind: 'chain', url: `${kernel}-nowhere` });
    await expect(missing).rejects.toMatchObject({
      code: 'BF1212',
      message: expect.stringMatching(/transcript/) as string,
    });
    const never = boot(debian(['again']), { proof: { kind: 'console', pattern: 'never shown' }, within: 20 });
    await expect(never).rejects.toMatchObject({ code: 'BF1213' });
    for (const url of ['ftp://x/y', 'http://user:secret@x/y', 'javascript:alert(1)', 'menu.ipxe']) {
      const { refused } = await script({ kind: 'chain', url });
      expect(refused).toEqual([expect.stringMatching(/^BF1272/)]);
      expect(refused.join()).not.toContain('secret');
    }
  }, 300_000);
});

describe('iso', () => {
  test('a CD boots from memory by memdisk', async () => {
    const url = await put('test/tiny.iso', tinyIso('hello from the CD'));
    await boot({ kind: 'iso', url }, { proof: { kind: 'console', pattern: '^hello from the CD$' } });
    expect(state).toMatchObject({ power: 'running', proven: true });
  }, 300_000);
});

describe('rescue', () => {
  test('the embedded cloud boots its stand-in of a rescue system, which lets the same key in', async () => {
    await cloud.powerOff(server, Deadline.after(60));
    await cloud.setBootSource(server, 'rescue');
    await cloud.powerOn(server, Deadline.after(180));
    const view = await cloud.observe(server);
    if (!view?.address) throw new Error('no address');
    const { host, portOffset } = view.address;
    const target = { machine, host, port: 22 + portOffset, user: 'root', keyFile: sshKey };
    const session = await connectRemote({ target, deadline: Deadline.after(90) });
    const { stdout } = await session.run(['cat', '/proc/cmdline', '/sys/block/vda/size'], {
      deadline: Deadline.after(20),
    });
    await session.close();
    expect(stdout).toBe(`console=ttyS0,115200 quiet no_timer_check\n${2e9 / 512}\n`);
    // Not what was asked for: the next update brings it back to what it shall run.
    expect((await networkBoot.read('x', inputsFor('http://x/y') as NetworkBootState)).props).toMatchObject({
      proven: false,
    });
  }, 300_000);
});
