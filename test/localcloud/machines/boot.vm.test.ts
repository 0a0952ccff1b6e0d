import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLab, Reader, writeBootSector, type Lab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(async () => {
  expect(await lab.close()).toEqual([]);
});

test('START1-XS: iPXE on the serial line, prompt on Ctrl-B, power cut leaves nothing', async () => {
  const line = new Reader(lab.driver.attachSerial('bios'));
  const started = performance.now();
  await lab.driver.start(await lab.spec('bios'));
  await line.until('Press Ctrl-B');
  const banner = performance.now();
  await line.ipxePrompt();
  console.log(`START1-XS: banner ${seconds(started, banner)}, prompt ${seconds(started)} after start`);
  // The very first characters are there: the line was watched before the processor ran.
  expect(line.text.startsWith('\x1bc')).toBe(true);
  expect(line.text).toContain('SeaBIOS');
  const exits: string[] = [];
  lab.driver.onExit((id, how) => exits.push(`${id} ${how.reason} ${how.signal ?? ''}`));
  await lab.driver.cutPower('bios');
  expect(exits).toEqual(['bios cut SIGKILL']);
  expect(lab.driver.isRunning('bios')).toBe(false);
  await lab.driver.cutPower('bios');
});

test('DEV1-S: UEFI reaches iPXE on the serial line', async () => {
  const line = new Reader(lab.driver.attachSerial('uefi'));
  const started = performance.now();
  await lab.driver.start(await lab.spec('uefi', { serverType: 'DEV1-S' }));
  await line.until('Press Ctrl-B');
  const banner = performance.now();
  await line.ipxePrompt();
  console.log(`DEV1-S: banner ${seconds(started, banner)}, prompt ${seconds(started)} after start`);
  expect(line.text).toContain('EFI');
  await lab.driver.cutPower('uefi');
});

test.each(['START1-XS', 'DEV1-S'])(
  '%s: a failed network boot never falls to the disk',
  async (serverType) => {
    const id = `strict-${serverType}`;
    const spec = await lab.spec(id, { serverType });
    await writeBootSector(spec.disks[0] ?? '');
    const line = new Reader(lab.driver.attachSerial(id));
    await lab.driver.start(spec);
    // Left alone, iPXE finds nothing to boot; the machine then offers its banner anew.
    const first = await line.until('Press Ctrl-B for the iPXE command line');
    await line.until('Press Ctrl-B for the iPXE command line', first, 90);
    expect(line.text).not.toContain('disk-boot');
    await lab.driver.cutPower(id);
  },
);

test('from the disk: no iPXE, keys reach the guest, and a guest that switches itself off is reported as such', async () => {
  const spec = await lab.spec('disk', { bootSource: 'disk' });
  await writeBootSector(spec.disks[0] ?? '');
  const line = new Reader(lab.driver.attachSerial('disk'));
  await lab.driver.start(spec);
  const at = await line.until('disk-boot');
  expect(line.text).not.toContain('iPXE');
  line.send('x');
  await line.until('x', at);
  const exit = new Promise((resolve) => {
    lab.driver.onExit((id, how) => {
      if (id === 'disk') resolve(how);
    });
  });
  line.send('q');
  expect(await exit).toEqual({ reason: 'guest', code: 0, signal: undefined, log: '' });
  expect(lab.driver.isRunning('disk')).toBe(false);
});

test('reset starts the firmware again in the same process; viewers see everything, late ones too', async () => {
  const spec = await lab.spec('reset', { bootSource: 'disk' });
  await writeBootSector(spec.disks[0] ?? '');
  const [one, two] = [
    new Reader(lab.driver.attachSerial('reset')),
    new Reader(lab.driver.attachSerial('reset')),
  ];
  await lab.driver.start(spec);
  const first = await one.until('disk-boot');
  await lab.driver.reset('reset');
  const second = await one.until('disk-boot\r\n', first);
  one.send('abc');
  await one.until('abc', second);
  await two.until('abc', second);
  expect(two.text).toBe(one.text);
  const late = new Reader(lab.driver.attachSerial('reset'));
  await late.until('abc');
  expect(late.text).toBe(one.text);
  two.send('z');
  await late.until('abcz');
  await lab.driver.cutPower('reset');
  // Across a power cycle the viewers stay.
  await lab.driver.start(spec);
  await late.until('disk-boot', late.text.lastIndexOf('abcz'));
  await lab.driver.cutPower('reset');
});

test('what is wrong is said: address taken, disk in use, unknown type, started twice, no rescue system', async () => {
  const spec = await lab.spec('errors', { bootSource: 'disk' });
  await lab.driver.start(spec);
  await expect(lab.driver.start(spec)).rejects.toThrow(/BF1835/);
  const other = await lab.spec('other');
  await expect(lab.driver.start({ ...other, address: spec.address })).rejects.toThrow(/BF1833.*:20(022|080)/);
  await expect(lab.driver.start({ ...other, disks: spec.disks })).rejects.toThrow(/BF1834.*lock/);
  await expect(lab.driver.start({ ...other, serverType: 'GP1-XL' })).rejects.toThrow(/BF1836/);
  await expect(lab.driver.start({ ...other, bootSource: 'rescue' })).rejects.toThrow(/BF1837/);
  await expect(lab.driver.start({ ...other, disks: ['/nonexistent/disk'] })).rejects.toThrow(
    /BF1830.*No such file/,
  );
  await expect(lab.driver.reset('other')).rejects.toThrow(/BF1835/);
  expect(lab.driver.isRunning('other')).toBe(false);
  await lab.driver.cutPower('errors');
});

function seconds(from: number, to = performance.now()): string {
  return `${((to - from) / 1000).toFixed(2)} s`;
}
