import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkBootState } from '../../../components/network-boot/args.ts';
import * as networkBoot from '../../../components/network-boot/handler.ts';
import { networkNoteKey, parseNetworkNote } from '../../../components/network-boot/note.ts';
import { connectRemote } from '../../../remote/connect.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { nasty } from '../boot-script/nasty.ts';
import { fixedWords, NetworkLab } from './lab.ts';
import { tinyIso } from './tiny-iso.ts';
import { harmfulWords, harmlessWords, sorted } from './words.ts';

/** Kernels, scripts and CDs booted from the network, on one real machine with a real iPXE. The tests build on each other. */
let lab: NetworkLab;
beforeAll(async () => {
  lab = await NetworkLab.open();
});
afterAll(async () => {
  await lab.close();
});

describe('kernel', () => {
  test('every value reaches the kernel as it was written, or is refused before anything is booted', async () => {
    for (const word of harmfulWords) {
      const { refused } = await lab.script(lab.debian([word]));
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
    await lab.boot(lab.debian(words.slice(fixedWords.length)));
    expect(lab.state).toMatchObject({ power: 'running', proven: true });
    expect((await lab.commandLine()).split(' ')).toEqual([...words, 'initrd=initrd']);
  }, 300_000);

  test('a machine that is right is not touched, and preview says so', async () => {
    const before = await lab.dialogues();
    const inputs = lab.inputsFor(lab.state.scriptUrl);
    expect(await networkBoot.diff('x', lab.state, inputs)).toMatchObject({ changes: false });
    // As after a killed `pulumi up`: a second creation, and an update of what a refresh has seen.
    const again = (await networkBoot.create(inputs)).outs;
    expect(again?.bootedAt).toBe(lab.state.bootedAt);
    const seen = await networkBoot.read('x', lab.state);
    expect(seen.props).toMatchObject({ proven: true, power: 'running' });
    expect((await networkBoot.update('x', lab.state, { ...inputs, within: 60 })).outs?.bootedAt).toBe(
      lab.state.bootedAt,
    );
    expect(await lab.dialogues()).toEqual(before);
  }, 60_000);

  test('switched off by hand, a refresh finds it and the next update boots it again', async () => {
    await lab.cloud.powerOff(lab.server, Deadline.after(60));
    const { props } = await networkBoot.read('x', lab.state);
    expect(props).toMatchObject({ power: 'off', proven: false });
    const olds = { ...lab.state, ...props };
    const inputs = lab.inputsFor(lab.state.scriptUrl);
    expect(await networkBoot.diff('x', olds, inputs)).toMatchObject({ changes: true, replaces: [] });
    const { outs } = await networkBoot.update('x', olds, inputs);
    expect(outs).toMatchObject({ power: 'running', proven: true });
    expect(Date.parse(outs?.bootedAt ?? '')).toBeGreaterThan(Date.parse(lab.state.bootedAt));
    lab.state = outs ?? lab.state;
  }, 300_000);
});

test('killed while it boots, the next run boots it again and ends right', async () => {
  const { url } = await lab.script(lab.debian(['killed=1']));
  const inputs = lab.inputsFor(url);
  const before = (await lab.dialogues()).length;
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
        const running = (await lab.cloud.observe(lab.server))?.power === 'running';
        return running && (await lab.dialogues()).length > before ? true : undefined;
      },
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  const note = async (): Promise<unknown> =>
    parseNetworkNote(await lab.cloud.readNote(lab.server, networkNoteKey));
  expect(await note()).toMatchObject({ phase: 'starting' });
  const { outs } = await networkBoot.create(inputs);
  expect(outs).toMatchObject({ power: 'running', proven: true });
  expect(await note()).toMatchObject({ phase: 'booted', boot: outs?.boot });
  expect(await lab.commandLine()).toContain(' killed=1 ');
  lab.state = outs ?? lab.state;
}, 300_000);

describe('chain', () => {
  const awkward = `test/a b"c'd&&e||f;$(x)!.ipxe`;

  test('a second script in object storage, by an address full of meaning, and SSH as the proof', async () => {
    const url = await lab.put(
      awkward,
      [
        '#!ipxe',
        `kernel ${lab.kernel} console=ttyS0,115200 quiet no_timer_check second initrd=initrd`,
        `initrd ${lab.initrd}`,
        'boot',
        '',
      ].join('\n'),
    );
    const ssh = { user: 'root', keyFile: lab.sshKey };
    await lab.boot(
      { kind: 'chain', url },
      { proof: { kind: 'ssh', command: ['grep', '-q', 'second', '/proc/cmdline'] }, ssh },
    );
    expect(lab.state).toMatchObject({ proven: true, hostKeySource: 'console' });
    expect(lab.state.hostKey).toMatch(/^ssh-ed25519 /);
    expect(await lab.commandLine()).toContain(' second ');
    // Asked again over SSH, with the recorded key; and another command, which fails, is noticed.
    expect((await networkBoot.read('x', lab.state)).props).toMatchObject({ proven: true });
    const other = { ...lab.state, proof: { kind: 'ssh', command: ['test', '-e', '/nowhere'] } } as const;
    expect((await networkBoot.read('x', other)).props).toMatchObject({ proven: false });
  }, 300_000);

  test('restart boots it again, the metadata state as the proof', async () => {
    const before = lab.state;
    const inputs = {
      ...lab.inputsFor(lab.state.scriptUrl, { proof: { kind: 'metadata', state: 'booted' } }),
      restart: 'once',
    };
    expect(await networkBoot.diff('x', lab.state, inputs)).toMatchObject({ changes: true });
    lab.state = (await networkBoot.update('x', lab.state, inputs)).outs ?? lab.state;
    expect(lab.state).toMatchObject({ proven: true, state: 'booted', hostKey: '' });
    expect(lab.state.bootedAt).not.toBe(before.bootedAt);
    // Another proof is asked for without another boot; the key of that first contact is kept.
    const ssh = { user: 'root', keyFile: lab.sshKey };
    const { outs } = await networkBoot.update('x', lab.state, { ...inputs, proof: { kind: 'ssh' }, ssh });
    expect(outs).toMatchObject({ bootedAt: lab.state.bootedAt, hostKeySource: 'first-contact' });
    expect(outs?.hostKey).toMatch(/^ssh-ed25519 /);
  }, 300_000);

  test('a script that is not there, and one that does not prove itself: each its own error', async () => {
    // In the script's own bucket it is found missing before the machine is touched.
    const early = lab.boot({ kind: 'chain', url: `${lab.kernel}-nowhere` });
    await expect(early).rejects.toMatchObject({ code: 'BF1516' });
    const elsewhere = `${new URL(lab.kernel).origin}/another-bucket/nowhere`;
    const missing = lab.boot({ kind: 'chain', url: elsewhere });
    await expect(missing).rejects.toMatchObject({
      code: 'BF1212',
      message: expect.stringMatching(/transcript/) as string,
    });
    const never = lab.boot(lab.debian(['again']), {
      proof: { kind: 'console', pattern: 'never shown' },
      within: 20,
    });
    await expect(never).rejects.toMatchObject({ code: 'BF1213' });
    for (const url of ['ftp://x/y', 'http://user:secret@x/y', 'javascript:alert(1)', 'menu.ipxe']) {
      const { refused } = await lab.script({ kind: 'chain', url });
      expect(refused).toEqual([expect.stringMatching(/^BF1272/)]);
      expect(refused.join()).not.toContain('secret');
    }
  }, 300_000);
});

describe('iso', () => {
  test('a CD boots from memory by memdisk', async () => {
    const url = await lab.put('test/tiny.iso', tinyIso('hello from the CD'));
    await lab.boot({ kind: 'iso', url }, { proof: { kind: 'console', pattern: '^hello from the CD$' } });
    expect(lab.state).toMatchObject({ power: 'running', proven: true });
  }, 300_000);
});

describe('rescue', () => {
  test('the embedded cloud boots its stand-in of a rescue system, which lets the same key in', async () => {
    await lab.cloud.powerOff(lab.server, Deadline.after(60));
    await lab.cloud.setBootSource(lab.server, 'rescue');
    await lab.cloud.powerOn(lab.server, Deadline.after(180));
    const view = await lab.cloud.observe(lab.server);
    if (!view?.address) throw new Error('no address');
    const { host, portOffset } = view.address;
    const target = { machine: lab.machine, host, port: 22 + portOffset, user: 'root', keyFile: lab.sshKey };
    const session = await connectRemote({ target, deadline: Deadline.after(90) });
    const { stdout } = await session.run(['cat', '/proc/cmdline', '/sys/block/vda/size'], {
      deadline: Deadline.after(20),
    });
    await session.close();
    expect(stdout).toBe(`console=ttyS0,115200 quiet no_timer_check\n${2e9 / 512}\n`);
    // Not what was asked for: the next update brings it back to what it shall run.
    expect(
      (await networkBoot.read('x', lab.inputsFor('http://x/y') as NetworkBootState)).props,
    ).toMatchObject({
      proven: false,
    });
  }, 300_000);
});
