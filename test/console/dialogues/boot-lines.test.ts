import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBootLine } from '../../../console/dialogues/boot-outcome/boot-line.ts';
import { parseWriterLine } from '../../../console/dialogues/boot-outcome/writer-lines.ts';

const sha256 = 'ab'.repeat(32);

test.each([
  [
    `bootfleet-writer: start disk=/dev/vda disk-bytes=25000000000 image-bytes=167772160 sha256=${sha256}`,
    { kind: 'start', disk: '/dev/vda', diskBytes: 25_000_000_000, imageBytes: 167_772_160, sha256 },
  ],
  [
    '[    1.5] x bootfleet-writer: progress phase=verify done=1048576 total=167772160',
    { kind: 'progress', phase: 'verify', done: 1_048_576, total: 167_772_160 },
  ],
  [
    `bootfleet-writer: done sha256=${sha256} bytes=167772160 written=52428800 seconds=4.2`,
    { kind: 'done', sha256, bytes: 167_772_160, written: 52_428_800, seconds: 4.2 },
  ],
  [
    'bootfleet-writer: failed reason=too-small detail="the disk has "few" bytes"',
    { kind: 'failed', reason: 'too-small', detail: 'the disk has "few" bytes' },
  ],
])('%s', (line, expected) => {
  expect(parseWriterLine(line)).toEqual(expected);
});

test.each([
  'bootfleet-writer: done sha256=abc bytes=1 written=1 seconds=1',
  'bootfleet-writer: failed reason=bored detail="x"',
  `bootfleet-writer: progress phase=write done=1048`,
  'bootfleet-writer: progress phase=write done=1 total=2 more',
])('a line that is not whole or not known says nothing: %s', (line) => {
  expect(parseWriterLine(line)).toBeUndefined();
});

test.each([
  [
    'bootfleet-guest: booted build=20261121_0900 slot=d',
    { kind: 'booted', build: '20261121_0900', slot: 'd' },
  ],
  [
    `bootfleet-guest: ssh-host-key ssh-ed25519 ${'A'.repeat(68)}`,
    { kind: 'ssh-host-key', algorithm: 'ssh-ed25519', key: 'A'.repeat(68) },
  ],
  ['[    2.123456] Kernel panic - not syncing: VFS: Unable to mount root', { kind: 'crash' }],
  ['panic: no init', { kind: 'suspect', means: 'crash' }],
  ['goroutine 1 [running]:', { kind: 'cleared' }],
  ['syncing disks... done', { kind: 'gone-down' }],
  ['>> OpenBSD/amd64 BOOT 3.67', { kind: 'gone-down' }],
  ['SeaBIOS (version 1.16.2-debian-1.16.2-1)', { kind: 'gone-down' }],
  ['db{0}> ', { kind: 'crash' }],
  ['db> ', { kind: 'crash' }],
  ['Fatal trap 12: page fault while in kernel mode', { kind: 'crash' }],
  ['(initramfs) ', { kind: 'stopped' }],
  ['Entering emergency mode. Exit the shell to continue.', { kind: 'stopped' }],
  ['dracut:/# ', { kind: 'stopped' }],
  ['You are in emergency mode. After logging in, type "journalctl -xb"', { kind: 'stopped' }],
  ['Cannot open access to console, the root account is locked.', { kind: 'stopped' }],
  ['Give root password for maintenance', { kind: 'stopped' }],
  ['Press Enter for maintenance', { kind: 'stopped' }],
  ['initramfs emergency recovery shell launched. Type exit to continue boot', { kind: 'stopped' }],
  ['Enter pathname of shell or RETURN for sh: ', { kind: 'stopped' }],
  ['Enter full pathname of shell or RETURN for /bin/sh: ', { kind: 'stopped' }],
  ['root device: ', { kind: 'stopped' }],
  ['root device (default wd0a): ', { kind: 'stopped' }],
  ['mountroot> ', { kind: 'stopped' }],
  ['The operating system has halted.', { kind: 'stopped' }],
  ['BdsDxe: No bootable option or device was found.', { kind: 'no-system' }],
  ['Operating System not found', { kind: 'no-system' }],
  ['FATAL: No bootable medium found! System halted.', { kind: 'no-system' }],
  ['Boot failed: could not read the boot disk', { kind: 'suspect', means: 'no-system' }],
  ['Boot failed: not a bootable disk', { kind: 'suspect', means: 'no-system' }],
  ['Booting from Hard Disk...', { kind: 'gone-down' }],
  ['Reboot and Select proper Boot device', { kind: 'no-system' }],
  ['grub> ', { kind: 'no-system' }],
  ['grub rescue> ', { kind: 'no-system' }],
  ['Unable to load a kernel!', { kind: 'no-system' }],
  ['No more network devices', { kind: 'suspect', means: 'no-system' }],
  ['error: no such device: 2d0c613b.', { kind: 'suspect', means: 'no-system' }],
  ['Please unlock disk sda3_crypt: ', { kind: 'suspect', means: 'stopped' }],
  ['🔐 Please enter passphrase for disk root (cryptroot): ', { kind: 'suspect', means: 'stopped' }],
  ['Enter passphrase for hd0,gpt2 (2d0c613b): ', { kind: 'suspect', means: 'stopped' }],
  ['Passphrase: ', { kind: 'suspect', means: 'stopped' }],
  ['ddb{0}>', { kind: 'crash' }],
  ['edge-1 login: ', { kind: 'login' }],
  ['No bootable device.  Retrying in 60 seconds.', { kind: 'no-system' }],
  ['iPXE> ', { kind: 'no-system' }],
])('%j', (line, expected) => {
  expect(parseBootLine(line)).toMatchObject(expected);
});

test.each(['Last login: Sat Nov 21', 'starting panic: handler', 'Enter your name', 'boot> ', ''])(
  'decides nothing: %j',
  (line) => {
    expect(parseBootLine(line)).toBeUndefined();
  },
);

test('property: no line makes a parser throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const prefix of ['', 'bootfleet-writer: ', 'bootfleet-guest: ']) {
        parseBootLine(prefix + text);
        parseWriterLine(prefix + text);
      }
    }),
  );
});
