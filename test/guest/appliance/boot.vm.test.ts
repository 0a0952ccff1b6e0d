import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openWorkshop, type Workshop } from '../support/builds.ts';
import { TestMachine, type MachineOptions } from '../support/machine.ts';

let workshop: Workshop;
let machine: TestMachine | undefined;
beforeAll(async () => { workshop = await openWorkshop(); }); // prettier-ignore
afterEach(async () => { await machine?.stop(); machine = undefined; }); // prettier-ignore
afterAll(() => workshop.close());

async function start(options: MachineOptions): Promise<TestMachine> {
  machine = await TestMachine.start(options);
  return machine;
}

describe('stand-in appliance', () => {
  it('boots from its disk under a BIOS, serves, switches itself off, keeps its host key, and answers to the power button', async () => {
    const disk = await workshop.disk('bios.img', '1');
    const first = await start({ disk });
    const banner = await first.expect(/>> bootfleet stand-in BOOT 1\.0 \(not OpenBSD\)\s+boot> /);
    await first.expect(/bootfleet-guest: booted build=1 slot=d/, { from: banner.end });
    const key = await first.expect(/bootfleet-guest: ssh-host-key (ssh-ed25519 \S+)\r?\n/);
    expect((await first.ssh(workshop.key, 'cat /resflash/BUILD')).stdout).toMatch(
      /^version: 1\nbuild command: .*\nbuild date: 20261121_0900\n$/,
    );
    expect((await first.ssh(workshop.key, "mount | grep ' on / '")).stdout).toMatch(/^\/dev\/sd0d on \/ /);
    expect((await fetch(`http://${first.address}:${first.ports.http}/health`)).status).toBe(200);
    expect((await fetch(`http://${first.address}:${first.ports.http}/other`)).status).toBe(404);
    await first.ssh(workshop.key, 'poweroff');
    await first.off();
    await first.stop();
    const second = await start({ disk });
    const again = await second.expect(/bootfleet-guest: ssh-host-key (ssh-ed25519 \S+)\r?\n/);
    expect(again.match[1]).toBe(key.match[1]);
    await second.expect(/booted build=1/);
    await second.pressPowerButton();
    await second.off();
  });

  it('boots under UEFI', async () => {
    const uefi = await start({ disk: await workshop.disk('uefi.img', '1'), firmware: 'uefi' });
    await uefi.expect(/bootfleet-guest: booted build=1 slot=d/, { seconds: 120 });
  });
});

describe('broken builds', () => {
  it('no-boot: the prompt comes back and waits', async () => {
    const broken = await start({ disk: await workshop.disk('no-boot.img', '2', 'no-boot') });
    const failed = await broken.expect(/failed\(2\)[^]*?boot> /);
    await broken.type('boot\n');
    await broken.expect(/failed\(2\)[^]*?boot> /, { from: failed.end });
  });

  it('panic: the kernel panics and stays there', async () => {
    const broken = await start({ disk: await workshop.disk('panic.img', '2', 'panic') });
    await broken.expect(/Kernel panic - not syncing/);
    expect(broken.isRunning).toBe(true);
  });

  it('loader-hang: hangs before its init', async () => {
    const broken = await start({ disk: await workshop.disk('hang.img', '2', 'loader-hang') });
    await broken.expect(/loading hd0d \.\.\./);
    await expect(broken.expect(/bootfleet-guest/, { seconds: 6 })).rejects.toThrow('no /bootfleet-guest/');
  });
});
