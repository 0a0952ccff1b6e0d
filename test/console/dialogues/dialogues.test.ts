import { expect, test, vi } from 'vitest';
import { watchBoot } from '../../../console/dialogues/boot-outcome/watch-boot.ts';
import { watchWriter } from '../../../console/dialogues/boot-outcome/watch-writer.ts';
import { chain, configureNetwork } from '../../../console/dialogues/ipxe/commands.ts';
import { explainIpxeError, findIpxeError } from '../../../console/dialogues/ipxe/error-numbers.ts';
import { reachPrompt } from '../../../console/dialogues/ipxe/reach-prompt.ts';
import { bootCommand, bootSlot } from '../../../console/dialogues/openbsd-boot/commands.ts';
import { ConsoleSession } from '../../../console/session.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { ScriptedLine } from '../scripted-line.ts';

const soon = (): Deadline => Deadline.after(20);
const sha256 = 'ab'.repeat(32);

function open(answer?: (line: string) => string): { line: ScriptedLine; session: ConsoleSession } {
  const line = new ScriptedLine(answer);
  return { line, session: new ConsoleSession({ transport: line, machine: 'edge-1' }) };
}

test('Ctrl-B is pressed once a banner, and again for the next one', async () => {
  const { line, session } = open();
  const done = reachPrompt(session, { deadline: soon() });
  const post = 'Press Ctrl-B to configure iPXE (PCI 00:03.0)...';
  line.say(post);
  await expect.poll(() => line.keys.length).toBe(1);
  line.say(`${'\b \b'.repeat(post.length)}\r\nPress Ctrl-B for the iPXE command line...`);
  await expect.poll(() => line.keys.length).toBe(2);
  line.say('\r\niPXE> ');
  await done;
  expect(line.keys.length).toBe(2);
});

test('an unanswered Ctrl-B is pressed again while the banner stands, not once it is gone', async () => {
  const { line, session } = open();
  const banner = 'Press Ctrl-B for the iPXE command line...';
  const done = reachPrompt(session, { deadline: soon(), answerWithin: 0.05 });
  line.say(banner);
  await expect.poll(() => line.keys.length).toBeGreaterThan(2);
  line.say('\b \b'.repeat(banner.length));
  await new Promise((resolve) => setTimeout(resolve, 60));
  const pressed = line.keys.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(line.keys.length).toBe(pressed);
  line.say('iiPPXXEE>>  ');
  await done;
});

test('firmware that gives up ends the wait at once', async () => {
  const { line, session } = open();
  const done = reachPrompt(session, { deadline: Deadline.after(60) });
  line.say('No bootable device.  Retrying in 60 seconds.');
  await expect(done).rejects.toThrow(/BF1310/);
});

test('a console that shows nothing at all is told as such, not as an iPXE that does not answer', async () => {
  const { session } = open();
  await expect(reachPrompt(session, { deadline: Deadline.after(0.05) })).rejects.toThrow(
    /BF1313: edge-1: waiting for iPXE's prompt: not one character came from its console/,
  );
  const other = open();
  const done = reachPrompt(other.session, { deadline: Deadline.after(0.05) });
  other.line.say('Booting from Hard Disk...');
  await expect(done).rejects.toThrow(/BF1310/);
  await expect(bootSlot(open().session, { device: 'hd0e', deadline: Deadline.after(0.05) })).rejects.toThrow(
    /BF1313/,
  );
});

test.each([
  'Waiting for link-up on net0........ Down (https://ipxe.org/38086193)',
  'Configuring (net0 52:54:00:00:00:01)........ No configuration methods succeeded (https://ipxe.org/040ee119)',
  'Configuring (net0 52:54:00:00:00:01)..... ok\r\nWaiting for link-up on net1... Down (https://ipxe.org/38086193)',
])('dhcp is done when the last interface that it tried got its address: %s', async (first) => {
  const { line, session } = open(
    () => `\r\n${first}\r\nConfiguring (net1 52:54:00:00:00:02)...... o\r\nk\r\niPXE> `,
  );
  await configureNetwork(session, { attempts: 1, deadline: soon() });
  expect(line.entered).toEqual(['dhcp']);
});

test('dhcp has failed when the last interface failed, whatever the ones before said', async () => {
  const { session } = open(
    () =>
      'Configuring (net0 52:54:00:00:00:01)...... ok\r\n' +
      'Configuring (net1 52:54:00:00:00:02)...... No configuration methods succeeded (https://ipxe.org/040ee119)\r\niPXE> ',
  );
  await expect(configureNetwork(session, { attempts: 1, deadline: soon() })).rejects.toThrow(/BF1311/);
});

test.each([
  '\r\nSeaBIOS (version 1.16.2)\r\niPXE> ',
  '\r\niPXE initialising devices...ok\r\n\r\niPXE> ',
  '\r\nPress Ctrl-B for the iPXE command line...\r\niPXE> ',
])('a prompt of iPXE behind a reset does not end the command: %j', async (shown) => {
  const { session } = open(() => shown);
  await expect(configureNetwork(session, { attempts: 1, deadline: soon() })).rejects.toThrow(
    /BF1314: edge-1: `dhcp` did not end: the machine started anew/,
  );
});

test('a prompt of the boot loader behind a reset does not end the command', async () => {
  const { line, session } = open(() => '\r\nSeaBIOS (version 1.16)\r\n>> OpenBSD/amd64 BOOT 3.67\r\nboot> ');
  line.say('boot> ');
  await expect(bootCommand(session, 'ls hd0e:/', soon())).rejects.toThrow(
    /BF1314: edge-1: `ls hd0e:\/` did not end: .*\(`SeaBIOS \(version`\)/,
  );
  const loader = open(() => '\r\n>> OpenBSD/amd64 BOOT 3.67\r\nboot> ');
  await expect(bootCommand(loader.session, 'set', soon())).rejects.toThrow(/BF1314/);
});

test('chain sees the end of a download behind thousands of dots', async () => {
  const { session } = open(() => `http://h/x${'.'.repeat(5_000)} ok\r\n`);
  await chain(session, 'http://h/x', { deadline: soon() });
});

test('dhcp is tried again as often as asked for', async () => {
  let tries = 0;
  const { line, session } = open(() => {
    tries += 1;
    const failed = 'No configuration methods succeeded (http://ipxe.org/040ee119)\r\niPXE> ';
    return tries < 3 ? failed : 'Configuring (net0)... ok\r\niPXE> ';
  });
  await configureNetwork(session, { attempts: 3, deadline: soon() });
  expect(line.entered).toEqual(['dhcp', 'dhcp', 'dhcp']);
  tries = 0;
  await expect(configureNetwork(session, { attempts: 2, deadline: soon() })).rejects.toThrow(
    /BF1311: edge-1: `dhcp` failed 2 times: No DHCP server answered \(https:\/\/ipxe.org\/040ee119\)/,
  );
});

test('a dhcp that does not end in time is told as such', async () => {
  const { session } = open(() => 'Configuring (net0 52:54:00:12:34:56)......');
  await expect(configureNetwork(session, { deadline: Deadline.after(0.3) })).rejects.toThrow(
    /BF1311: edge-1: `dhcp` failed once: no end of it within 0\.3 s\./,
  );
});

test('a dhcp that is cut off is told with what the attempt before it met', async () => {
  const stopping = new AbortController();
  const answers = ['No configuration methods succeeded (http://ipxe.org/040ee119)\r\niPXE> '];
  const { session } = open(() => {
    const answer = answers.shift();
    if (answer === undefined) stopping.abort();
    return answer ?? 'Configuring (net0 52:54:00:12:34:56)......';
  });
  await expect(configureNetwork(session, { deadline: Deadline.after(20, stopping.signal) })).rejects.toThrow(
    /failed 2 times: no end of it within 20 s; the attempt before: No DHCP server answered/,
  );
});

test.each([
  'http://h/x... ok\r\n',
  'http://h/x.. 5%\b\b\b   \b\b\b 100%\b\b\b\b\b     \b\b\b\b\b. ok\r\n',
  'h.. o\r\nk\r\n',
])('chain returns when it was downloaded: %j', async (shown) => {
  const { line, session } = open(() => shown);
  await chain(session, 'http://h/x', { deadline: soon() });
  expect(line.entered).toEqual(['chain http://h/x']);
});

test('an error link broken at the 80th column is found, and numbers nobody knows keep their link', () => {
  expect(findIpxeError('No such file (http://ipxe.o\nrg/2d0c\n613b)')).toEqual(explainIpxeError('2d0c613b'));
  expect(findIpxeError('see http://ipxe.org for more')).toBeUndefined();
  expect(explainIpxeError('7f123456').sentence).toContain('(https://ipxe.org/7f123456).');
});

test('a slot is set and booted at the boot prompt', async () => {
  const { line, session } = open((command) => (command === 'boot' ? 'booting hd0e:/bsd\r\n' : 'boot> '));
  const done = bootSlot(session, { device: 'hd0e', deadline: soon() });
  line.say('>> OpenBSD/amd64 BOOT 3.67\r\nboot> ');
  await done;
  expect(line.entered).toEqual(['set device hd0e', 'boot']);
});

test('a device that the loader refuses is not booted', async () => {
  const { line, session } = open(() => 'unknown device hd0f\r\nboot> ');
  const done = bootSlot(session, { device: 'hd0f', deadline: soon() });
  line.say('boot> ');
  await expect(done).rejects.toThrow(
    /BF1341: edge-1: `set device hd0f` was answered with: unknown device hd0f/,
  );
  expect(line.entered).toEqual(['set device hd0f']);
});

test('the writer is followed to its end', async () => {
  const { line, session } = open();
  const progress: number[] = [];
  const watch = watchWriter(session, { deadline: soon(), onProgress: ({ done }) => progress.push(done) });
  line.say('Linux version 6.1\r\nbootfleet-writer: progress phase=write done=5 total=10\r\nbootfleet-wri');
  line.say(`ter: done sha256=${sha256} bytes=10 written=10 seconds=1\r\n`);
  expect(await watch).toMatchObject({ kind: 'done', sha256 });
  expect(progress).toEqual([5]);
});

test.each([
  ['bootfleet-writer: failed reason=digest detail="it differs"\r\n', /BF1320: .*\(digest\): it differs/],
  ['http://h/v... No such file (http://ipxe.org/2d0c613b)\r\nCould not boot\r\niPXE> ', /BF1312: .*HTTP 404/],
  ['[ 1.0] Kernel panic - not syncing: x\r\n', /BF1330: .*panicked/],
])('the writer fails: %j', async (shown, message) => {
  const { line, session } = open();
  const watch = watchWriter(session, { deadline: soon() });
  line.say(shown);
  await expect(watch).rejects.toThrow(message);
});

test('a writer that says nothing is stuck', async () => {
  const { session } = open();
  await expect(watchWriter(session, { deadline: soon(), stall: 0.05 })).rejects.toThrow(/BF1321/);
});

test('a boot ends with the build, the slot and the host key', async () => {
  const { line, session } = open();
  const watch = watchBoot(session, { deadline: soon() });
  line.say(`bootfleet-guest: ssh-host-key ssh-ed25519 ${'A'.repeat(68)}\r\nedge login: \r\n`);
  line.say('bootfleet-guest: booted build=b1 slot=e\r\n');
  expect(await watch).toEqual({
    how: 'booted',
    build: 'b1',
    slot: 'e',
    hostKey: `ssh-ed25519 ${'A'.repeat(68)}`,
  });
});

test('a system that prints no line of ours is up at its login prompt', async () => {
  const { line, session } = open();
  const watch = watchBoot(session, { deadline: soon(), afterLogin: 0.02 });
  line.say('\r\nOpenBSD/amd64 (edge) (tty00)\r\n\r\nlogin: ');
  expect(await watch).toMatchObject({ how: 'login', hostKey: undefined });
});

test('lines that came at once are read without a timer for each', async () => {
  const { line, session } = open();
  line.say('\r\n'.repeat(2_000));
  const timers = vi.spyOn(AbortSignal, 'timeout');
  try {
    let lines = 0;
    const watch = watchBoot(session, { deadline: soon(), onLine: () => (lines += 1) });
    await expect.poll(() => lines).toBe(2_000);
    line.say('bootfleet-guest: booted build=b1 slot=e\r\n');
    await watch;
    expect(timers.mock.calls.length).toBeLessThan(5);
  } finally {
    timers.mockRestore();
  }
});

test('a panic of a program is none of the kernel: the system comes up', async () => {
  const trace = 'panic: runtime error: index out of range [5]\r\n\r\n';
  for (const more of [`${trace}goroutine 1 [running]:\r\n`, trace]) {
    const { line, session } = open();
    const watch = watchBoot(session, { deadline: soon(), afterLogin: 0.02 });
    line.say(`${more}main.main()\r\n\r\nlogin: `);
    expect(await watch).toMatchObject({ how: 'login' });
  }
});

test.each([
  ['panic: x\r\nStopped at      db_enter+0x14:  popq %rbp\r\n', /BF1330: edge-1: the kernel panicked/],
  ['panic: x\r\ncpuid = 0\r\nKDB: enter: panic\r\n', /BF1330/],
  ['panic: x\r\nsyncing disks... done\r\nrebooting...\r\n', /BF1330/],
  ['panic: x\r\n\r\nSeaBIOS (version 1.16)\r\n', /BF1330/],
  ['Enter pathname of shell or RETURN for sh: ', /BF1322: edge-1: .*single-user mode; it does not go on/],
  ['BusyBox v1.36.1 (Debian) built-in shell (ash)\r\n\r\n(initramfs) ', /BF1322/],
  ['mountroot> ', /BF1322: .*root file system/],
  ['root device: ', /BF1322: .*root device/],
  ['BdsDxe: No bootable option or device was found.\r\n', /BF1331/],
])('ends at once, long before the deadline: %j', async (shown, message) => {
  const { line, session } = open();
  const watch = watchBoot(session, { deadline: soon() });
  line.say(shown);
  await expect(watch).rejects.toThrow(message);
});

test.each([
  ['panic: x\r\n', /BF1330: edge-1: the kernel panicked/],
  ['Please unlock disk sda3_crypt: ', /BF1322: edge-1: it waits for the passphrase of its disk/],
  ['error: no such device: 2d0c613b.\r\n', /BF1331: edge-1: GRUB did not find its disk/],
  ['No more network devices\r\n', /BF1331/],
])('what may be the end is it when nothing follows: %j', async (shown, message) => {
  const { line, session } = open();
  const watch = watchBoot(session, { deadline: soon(), afterSuspect: 0.05 });
  line.say(shown);
  await expect(watch).rejects.toThrow(message);
});

test('what may be the end is none when the system goes on', async () => {
  const { line, session } = open();
  const watch = watchBoot(session, { deadline: soon(), afterSuspect: 0.05 });
  line.say('error: no such device: 2d0c613b.\r\nPress any key to continue...\r\n');
  line.say('Please unlock disk sda3_crypt: \r\nsda3_crypt: set up successfully\r\n');
  line.say('bootfleet-guest: booted build=b1 slot=e\r\n');
  expect(await watch).toMatchObject({ how: 'booted' });
});

test.each([
  ['panic: x\r\n', /BF1330/],
  ['Stopped at db_enter\r\nddb> ', /BF1330/],
  ['No bootable device.  Retrying in 60 seconds.\r\n', /BF1331: .*found nothing to boot/],
])('a boot that fails: %j', async (shown, message) => {
  const { line, session } = open();
  const watch = watchBoot(session, { deadline: Deadline.after(0.1) });
  line.say(shown);
  await expect(watch).rejects.toThrow(message);
});
