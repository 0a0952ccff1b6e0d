import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentCommand, agentProgram } from '../../../../transfer/target/program.ts';
import { bringBack } from '../../../../components/rollout/wave-gate/bring-back.ts';
import { Deadline } from '../../../../waiting/deadline.ts';
import { QemuMachine } from './qemu-machine.ts';
import { testImage, type TestImage } from './test-images.ts';
import { machineOfOrder } from './upgrade-machine.ts';

/**
 * One real machine (QEMU, SeaBIOS, its own disk) goes through upgrades that succeed and upgrades that fail, in an order
 * in which each test begins where the one before left it: on a slot whose build is known.
 */
const slotMb = 24;
const folder = mkdtempSync(path.join(os.tmpdir(), 'bootfleet-test-images-'));
const health = [{ http: { port: 80, path: '/health' }, retries: 20 }];
let machine: QemuMachine;
let images: Record<'one' | 'two' | 'three' | 'unhealthy' | 'panic' | 'hang', TestImage>;

beforeAll(async () => {
  images = {
    one: testImage(folder, 1, 'good', slotMb),
    two: testImage(folder, 2, 'good', slotMb),
    three: testImage(folder, 3, 'good', slotMb),
    unhealthy: testImage(folder, 4, 'unhealthy', slotMb),
    panic: testImage(folder, 5, 'panic', slotMb),
    hang: testImage(folder, 6, 'loader-hang', slotMb),
  };
  machine = await QemuMachine.start('vm', images.one);
});
afterAll(async () => {
  await machine.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Slot that runs and slot that boot.conf names. */
async function slots(): Promise<string> {
  const text = await machine.shell(
    "mount | sed -n 's|^/dev/sd0\\(.\\) on / .*|\\1|p'; mount /mbr; sed -n 's/.*hd0//p' /mbr/etc/boot.conf; umount /mbr",
  );
  return text.trim().replaceAll(/\s+/g, ' ');
}

/** Digest of what boots a slot and is in none: boot record, first sector of the OpenBSD partition, /mbr, /efi. */
async function loaders(): Promise<string> {
  const text = await machine.shell(
    'mount /mbr; mount /efi; { cat /mbr/usr/mdec/*; ls /efi/efi/boot; cat /efi/efi/boot/*; dd if=/dev/rsd0c bs=440 count=1; ' +
      'dd if=/dev/rsd0c bs=512 skip=51200 count=1; } 2>/dev/null | sha256sum; umount /efi; umount /mbr',
  );
  return text.trim();
}

/**
 * Makes upgrade.sh change all of it, as one of another release does. The first sector of the OpenBSD partition and a
 * further file in /efi boot nothing here, so that the machine still comes up.
 */
async function upgradeChangesLoaders(): Promise<void> {
  await machine.shell(
    "sed 's|^umount /efi$|echo new >/efi/efi/boot/extra.efi; printf new \\| dd of=/dev/rsd0c bs=512 seek=51200 conv=notrunc; umount /efi|' " +
      '/resflash/upgrade.sh >/tmp/u; chmod 755 /tmp/u; mount --bind /tmp/u /resflash/upgrade.sh; grep -c extra.efi /resflash/upgrade.sh',
  );
}

describe('without a reboot', () => {
  test('a transfer that is stopped leaves nothing active, no upgrade.sh and no lock', async () => {
    const stop = new AbortController();
    const report = await machine.upgrade(images.two, { transfer: { mode: 'full' } }, stop.signal, (text) => {
      if (text.startsWith('sending (full): ')) stop.abort();
    });
    expect(report, report.why).toMatchObject({ outcome: 'failed', from: images.one.build });
    expect(await slots()).toBe('d d');
    expect(
      await machine.shell(
        "ps | grep '[r]esflash/upgrade.sh'; mount /cfg; ls /cfg/bootfleet/lock; umount /cfg",
      ),
    ).toMatch(/No such file/);
  });

  test('a second rollout is refused and told who holds the machine, whatever the clock says', async () => {
    const session = await machine.connect(60);
    const program = await agentProgram();
    const ask = (command: string, given: Record<string, string>): Promise<{ stdout: string }> =>
      session.run(agentCommand(program.length, command, given), {
        stdin: program,
        deadline: Deadline.after(60),
        allowFailure: true,
      });
    const ann = { id: 'a', owner: 'ann', host: 'laptop', time: '2026-11-21T09:00:00Z', stale: '900' };
    expect((await ask('lock', ann)).stdout).toContain('locked=1');
    await machine.shell('date -s "2031-01-01 00:00:00"');
    const report = await machine.upgrade(images.two);
    expect(report.outcome).toBe('failed');
    expect(report.why).toMatch(/owner=ann host=laptop/);
    await ask('unlock', { id: 'a' });
    await session.close();
  });

  test('a full /cfg is refused before anything is written', async () => {
    await machine.shell('mount /cfg; dd if=/dev/zero of=/cfg/fill bs=64k 2>/dev/null; umount /cfg');
    expect(await machine.upgrade(images.two)).toMatchObject({
      outcome: 'failed',
      why: expect.stringMatching(/cfg has \d+ bytes free/) as string,
    });
    await machine.shell('mount /cfg; rm /cfg/fill; umount /cfg');
  });

  test('an upgrade.sh that says something unexpected is undone', async () => {
    await machine.shell(
      'sed "s/Upgrade complete!/Upgrade almost complete?/" /resflash/upgrade.sh > /tmp/u; chmod 755 /tmp/u; mount --bind /tmp/u /resflash/upgrade.sh',
    );
    const report = await machine.upgrade(images.two);
    await machine.shell('umount /resflash/upgrade.sh');
    expect(report.outcome).toBe('failed');
    expect(report.why).toMatch(/did not print "Upgrade complete!"/);
    expect(await slots()).toBe('d d');
  });

  test('plain upgrade.sh takes an empty image for an upgrade; bootfleet names the running slot again', async () => {
    await machine.shell('/resflash/upgrade.sh < /dev/null > /dev/null');
    expect(await slots()).toBe('d e');
    // The machine runs what is wanted: nothing is left to do but this repair.
    expect((await machine.upgrade(images.one)).outcome).toBe('unchanged');
    expect(await slots()).toBe('d d');
  });
});

describe('with reboots', () => {
  test('1 -> 2: written as a delta, proven, healthy; a wrong clock does not matter', async () => {
    await machine.shell('date -s "2020-01-01 00:00:00"');
    const report = await machine.upgrade(images.two, { health, transfer: { mode: 'delta' } });
    expect(report, report.why).toMatchObject({
      outcome: 'upgraded',
      from: images.one.build,
      to: images.two.build,
      slot: 'e',
      mode: 'delta',
    });
    expect(report.bytes).toBeLessThan(0.12 * slotMb * 1024 * 1024);
    expect(await slots()).toBe('e e');
    expect((await machine.upgrade(images.two)).outcome).toBe('unchanged');
  });

  test('a build that boots and is unhealthy: back to 2 over SSH', async () => {
    const before = await loaders();
    await upgradeChangesLoaders();
    const changed: string[] = [];
    const policy = { health: [{ ...health[0], retries: 2 }] };
    const report = await machine.upgrade(images.unhealthy, policy, undefined, (text) => {
      if (text.includes('boot loaders')) changed.push(text);
    });
    expect(report, report.why).toMatchObject({ outcome: 'rolled-back', to: images.two.build, slot: 'e' });
    expect(report.why).toMatch(/503/);
    expect(report.why).not.toMatch(/loaders/);
    expect(await slots()).toBe('e e');
    expect(changed).toHaveLength(1);
    expect(await loaders()).toBe(before);
  });

  test('a build that panics: back to 2 at the boot prompt', async () => {
    const before = await loaders();
    const report = await machine.upgrade(images.panic);
    expect(report, report.why).toMatchObject({ outcome: 'rolled-back', to: images.two.build, slot: 'e' });
    expect(await slots()).toBe('e e');
    expect(await loaders()).toBe(before);
  });

  test('a build that hangs in its boot loader: back to 2 at the boot prompt', async () => {
    const report = await machine.upgrade(images.hang, { deadlines: { boot: '40s', contact: '60s' } });
    expect(report, report.why).toMatchObject({ outcome: 'rolled-back', to: images.two.build, slot: 'e' });
    expect(await slots()).toBe('e e');
  });

  test('2 -> 3 -> 2: going back is a switch and moves no bytes', async () => {
    expect(await machine.upgrade(images.three, { health })).toMatchObject({
      outcome: 'upgraded',
      to: images.three.build,
      slot: 'd',
    });
    expect(await machine.upgrade(images.two)).toMatchObject({
      outcome: 'failed',
      why: expect.stringMatching(/older/) as string,
    });
    const report = await machine.upgrade(images.two, { health, allowDowngrade: true });
    expect(report, report.why).toMatchObject({
      outcome: 'switched',
      to: images.two.build,
      slot: 'e',
      bytes: 0,
    });
    expect(await slots()).toBe('e e');
  });

  test('2 hangs in its soak: back to 3 at the boot prompt, without a word over SSH', async () => {
    // A panic that nobody sees on the network: it answers no packet until its power is cut.
    await machine.shell('(sleep 1; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &');
    const { machine: one, inputs } = await machineOfOrder(
      machine.order(images.two, { deadlines: { contact: '10s', failBack: '120s' } }),
      machine.cloud,
      { onStep: () => undefined },
    );
    const end = await bringBack(one, { why: 'no answer', wanted: inputs.found, before: 'd' });
    expect(end).toMatchObject({ outcome: 'rolled-back', why: 'no answer', seen: { running: 'd' } });
    expect(one.transcript).toMatch(/fail-back/);
    expect(await slots()).toBe('d d');
    expect(await machine.shell('cat /resflash/BUILD')).toContain(images.three.build);
  });
});
