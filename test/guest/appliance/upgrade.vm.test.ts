import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Appliance } from '../../../guest/appliance/appliance.ts';
import { openWorkshop, type Workshop } from '../support/builds.ts';
import { TestMachine } from '../support/machine.ts';

/** One machine, upgraded and misused step by step: each test starts where the one before ended. */
let workshop: Workshop;
let machine: TestMachine;
let two: Appliance;

beforeAll(async () => {
  workshop = await openWorkshop();
  two = await workshop.build('2');
  machine = await TestMachine.start({ disk: await workshop.disk('disk.img', '1') });
  await machine.expect(/booted build=1 slot=d/);
});
afterAll(async () => {
  await machine.stop();
  await workshop.close();
});

const run = (command: string, input?: Buffer): ReturnType<TestMachine['ssh']> =>
  machine.ssh(workshop.key, command, input);
const nextSlot = async (): Promise<string> =>
  (await run('mount /mbr && sed -n "s/^set device hd0//p" /mbr/etc/boot.conf; umount /mbr')).stdout.trim();

async function reboot(expected: RegExp): Promise<void> {
  const from = machine.output.length;
  await run('reboot');
  await machine.expect(expected, { from });
}

describe('upgrade.sh', () => {
  it('writes the other slot, prints its digest and activates it', async () => {
    const { stdout, code } = await run('/resflash/upgrade.sh', two.fs);
    expect(code).toBe(0);
    expect(stdout).toContain(`\n${createHash('sha256').update(two.fs).digest('hex')}\n`);
    expect(stdout).toMatch(
      /Everything looks good, setting the new partition active\nUpgrade complete! \(\d+s\)\n$/,
    );
    expect(await nextSlot()).toBe('e');
    await reboot(/booted build=2 slot=e/);
  });

  it('hazard: empty input activates the old file system as a success', async () => {
    const { stdout, code } = await run('/resflash/upgrade.sh </dev/null');
    expect(code).toBe(0);
    expect(stdout).toContain(createHash('sha256').digest('hex'));
    expect(await nextSlot()).toBe('d');
    await reboot(/booted build=1 slot=d/);
  });

  it('hazard: bytes changed on the way are activated; the digest is printed and compared by nobody', async () => {
    const altered = Buffer.from(two.fs);
    const at = altered.indexOf('version: 2\n');
    altered.write('version: X\n', at);
    const { code } = await run('/resflash/upgrade.sh', altered);
    expect(code).toBe(0);
    await reboot(/booted build=X slot=e/);
  });

  it('hazard: a file system too long for the slot fails in the log only', async () => {
    const long = Buffer.concat([two.fs, Buffer.alloc(4096, 1)]);
    const { code, stdout } = await run('/resflash/upgrade.sh', long);
    expect(code).toBe(0);
    expect(stdout).not.toContain('No space');
    expect((await run('cat /tmp/resflash.*')).stdout).toContain('No space left');
  });

  it('hazard: a stream cut in its metadata is refused by fsck at most, after the slot was overwritten', async () => {
    await reboot(/booted build=2 slot=d/);
    const { code, stderr } = await run('/resflash/upgrade.sh', Buffer.alloc(1 << 20, 0xff));
    expect(code).not.toBe(0);
    expect(stderr).toContain('does not pass fsck');
    expect(await nextSlot()).toBe('d');
  });

  it('hazard: a build that is not healthy stays: nobody asks it', async () => {
    const sick = await workshop.build('3', 'unhealthy');
    expect((await run('/resflash/upgrade.sh', sick.fs)).code).toBe(0);
    await reboot(/booted build=3 slot=e/);
    expect((await fetch(`http://${machine.address}:${machine.ports.http}/health`)).status).toBe(503);
    expect(await nextSlot()).toBe('e');
  });

  it('hazard: boot loaders are those of the last upgrade, also for a machine that went back', async () => {
    await run('mount /mbr && sed -i s/hd0e/hd0d/ /mbr/etc/boot.conf && umount /mbr');
    await reboot(/booted build=2 slot=d/);
    const loaders = "mount /mbr && sed -n 's/^version: //p' /mbr/usr/mdec/BUILD; umount /mbr";
    expect((await run(loaders)).stdout.trim()).toBe('3');
  });

  it('hazard: nothing locks: two write the same slot at once', async () => {
    const twoAtOnce = `for each in 1 2; do (sleep 5) | /resflash/upgrade.sh >/tmp/$each 2>&1 & done
sleep 2; grep -c 'Writing filesystem to' /tmp/1 /tmp/2; grep -c complete /tmp/1 /tmp/2; wait`;
    const { stdout } = await run(twoAtOnce);
    // Both have begun, and neither has ended.
    expect(stdout.trim().split('\n')).toEqual(['/tmp/1:1', '/tmp/2:1', '/tmp/1:0', '/tmp/2:0']);
  });
});
