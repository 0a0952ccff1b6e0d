import { expect, test } from 'vitest';
import { SimulatedMachineDriver } from '../../../localcloud/simulated/simulated-machine-driver.ts';
import { testGuests, testSpec } from './guests.ts';

/** A driver and what it said of ends. */
function watched(driver = new SimulatedMachineDriver()): { driver: SimulatedMachineDriver; ends: string[] } {
  const ends: string[] = [];
  driver.onExit((id, { reason, code, signal }) =>
    ends.push(`${id} ${reason} ${String(code)} ${String(signal)}`),
  );
  return { driver, ends };
}

test('a machine runs from its start until its power is cut, and says how it ended, once', async () => {
  const { driver, ends } = watched();
  await driver.start(testSpec());
  expect([driver.isRunning('m1'), driver.specOf('m1')?.serverType]).toEqual([true, 'START1-XS']);
  await driver.cutPower('m1');
  await driver.cutPower('m1');
  expect(driver.isRunning('m1')).toBe(false);
  expect(ends).toEqual(['m1 cut undefined SIGKILL']);
});

test('the power button is the guest switching itself off; a crash says so', async () => {
  const { driver, ends } = watched();
  await driver.start(testSpec());
  await driver.pressPowerButton('m1');
  await driver.start(testSpec());
  driver.end('m1', 'crash');
  expect(ends).toEqual(['m1 guest 0 undefined', 'm1 crash undefined SIGKILL']);
});

test('a start that is to fail fails, the one after it does not', async () => {
  const { driver } = watched();
  driver.failNextStart = new Error('no memory');
  await expect(driver.start(testSpec())).rejects.toThrow('no memory');
  expect(driver.isRunning('m1')).toBe(false);
  await driver.start(testSpec());
  expect(driver.isRunning('m1')).toBe(true);
});

test('all are adopted, stopped, or let go of', async () => {
  const { driver, ends } = watched();
  for (const id of ['a', 'b']) await driver.start({ ...testSpec(), id });
  expect(await driver.adopt()).toEqual(['a', 'b']);
  await driver.stopAll();
  expect(ends).toHaveLength(2);
  await driver.start(testSpec());
  driver.release();
  expect([driver.isRunning('m1'), ends.length]).toEqual([false, 2]);
});

test('says that nothing boots, and its consoles are silent', async () => {
  const { driver } = watched();
  expect(driver.acceleratorReason).toContain('simulated');
  await driver.start(testSpec());
  const viewer = driver.attachSerial('m1');
  viewer.onData(() => {
    throw new Error('a silent console spoke');
  });
  viewer.write(Buffer.from('\r'));
  viewer.detach();
  expect(await driver.metadataSourcePort()).toBeUndefined();
});

test('with guests a power-on plays a boot, a reset another, and a power-off ends it', async () => {
  const { guests, spec, until, shown, reported } = await testGuests('disk');
  const { driver } = watched(new SimulatedMachineDriver(guests));
  await driver.reset('m1');
  expect(shown()).toBe('');
  await driver.start(spec);
  await until('booted');
  await driver.reset('m1');
  await expect.poll(() => shown().split('booted build').length - 1).toBe(2);
  expect(reported).toEqual(['m1 booted', 'm1 booted']);
  await driver.cutPower('m1');
  await driver.forget('m1');
  let late = '';
  driver.attachSerial('m1').onData((bytes) => (late += Buffer.from(bytes).toString()));
  expect(late).toBe('');
});
