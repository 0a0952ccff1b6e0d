import { chmod, mkdir, open, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findHostStop } from '../../../contracts/host-stop.ts';
import type { ProcessorStop } from '../../../localcloud/machines/processor-stop.ts';
import { QmpClient } from '../../../localcloud/machines/qmp/client.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { openLab, Reader, writeBootSector, type Lab } from './lab.ts';

let lab: Lab;
const path = process.env['PATH'];
beforeAll(async () => {
  lab = await openLab('stop');
  // QEMU with a second monitor for the test, and for one machine with a disk whose host has no space left.
  const folder = join(lab.folder, 'bin');
  await mkdir(folder);
  const real = execFileSync('sh', ['-c', 'command -v qemu-system-x86_64'], { encoding: 'utf8' }).trim();
  const wrapper = join(folder, 'qemu-system-x86_64');
  await writeFile(
    wrapper,
    `#!/bin/sh
case "$*" in *guest=full*)
  for argument; do
    shift
    set -- "$@" "$(printf %s "$argument" | sed 's|"file":\\({"driver":"file"[^}]*}\\)|"file":{"driver":"blkdebug","inject-error":[{"event":"write_aio","errno":28}],"image":\\1}|')"
  done
esac
exec ${real} "$@" -qmp "unix:second,server=on,wait=off"
`,
  );
  await chmod(wrapper, 0o755);
  process.env['PATH'] = `${folder}:${path ?? ''}`;
});
afterAll(async () => {
  process.env['PATH'] = path;
  expect(await lab.close()).toEqual([]);
});

/** The next thing that the driver tells of a machine's processor. */
function nextOf(wanted: string): Promise<ProcessorStop | undefined> {
  return new Promise((resolve) => {
    lab.driver.onProcessor((id, stopped) => {
      if (id === wanted) resolve(stopped);
    });
  });
}

test('a machine that somebody pauses is noticed at once, on its console too, and so is that it goes on', async () => {
  const began = Date.now();
  const spec = await lab.spec('held', { bootSource: 'disk' });
  await writeBootSector(spec.disks[0] ?? '');
  const line = new Reader(lab.driver.attachSerial('held'));
  await lab.driver.start(spec);
  await line.until('disk-boot');
  expect(lab.driver.processorStop('held')).toBeUndefined();
  const monitor = await QmpClient.open(join(lab.folder, 'm', 'held', 'second'), Deadline.after(10));
  const stopped = nextOf('held');
  await monitor.execute('stop');
  expect(await stopped).toEqual({ status: 'paused', why: "somebody paused it through QEMU's monitor" });
  expect(lab.driver.isRunning('held')).toBe(true);
  const at = await line.until('bootfleet-cloud: stopped by its host');
  await line.until('\r\n', at);
  expect(findHostStop(line.text, began)).toBe("somebody paused it through QEMU's monitor");
  const resumed = nextOf('held');
  await monitor.execute('cont');
  expect(await resumed).toBeUndefined();
  const on = await line.until('bootfleet-cloud: goes on');
  line.send('x');
  await line.until('x', on);
  // Who comes later sees it too.
  const late = new Reader(lab.driver.attachSerial('held'));
  await late.until('bootfleet-cloud: goes on');
  monitor.close();
  await lab.driver.cutPower('held');
});

test('a write for which the host has no space stops the machine, and that is told with its cause', async () => {
  const spec = await lab.spec('full', { bootSource: 'disk' });
  await writeWritingSector(spec.disks[0] ?? '');
  const stopped = nextOf('full');
  const line = new Reader(lab.driver.attachSerial('full'));
  await lab.driver.start(spec);
  const why = 'a disk of it could not be written: no space is left on the host';
  expect(await stopped).toEqual({ status: 'io-error', why });
  await line.until(why);
  // A daemon that takes the machine over does not let it go on by itself, and knows it again.
  lab.driver.release();
  const next = await lab.reopen();
  const told = new Promise((resolve) => {
    next.onProcessor((id, stop) => {
      resolve([id, stop?.status]);
    });
  });
  expect(await next.adopt()).toEqual(['full']);
  expect(await told).toEqual(['full', 'io-error']);
  await next.cutPower('full');
});

/** A boot sector that writes a sector by the BIOS: `int 0x13`, function 3. */
async function writeWritingSector(disk: string): Promise<void> {
  const sector = Buffer.alloc(512);
  Buffer.from([
    ...[0x31, 0xc0, 0x8e, 0xc0, 0xbb, 0x00, 0x7c], // xor ax,ax; mov es,ax; mov bx,0x7c00
    ...[0xb8, 0x01, 0x03, 0xb9, 0x02, 0x00, 0xb6, 0x00], // mov ax,0x301; mov cx,2; mov dh,0
    ...[0xcd, 0x13, 0xf4, 0xeb, 0xfd], // int 0x13; hlt; jmp hlt
  ]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  const file = await open(disk, 'r+');
  await file.write(sector, 0, 512, 0);
  await file.close();
}
