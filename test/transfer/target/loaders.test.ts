import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendImage, type ConfirmedImage } from '../../../transfer/delta/send-image.ts';
import type { SlotImage } from '../../../transfer/delta/send-options.ts';
import { askAgent } from '../../../transfer/target/agent.ts';
import type { AgentArguments } from '../../../transfer/target/program.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { StandInMachine } from './stand-in-machine.ts';

let machine: StandInMachine;
let image: SlotImage;
let before: string;
beforeEach(async () => {
  machine = await StandInMachine.create();
  image = await machine.image('2', randomBytes(100_000));
  before = await machine.loaders();
});
afterEach(async () => {
  await machine.remove();
});

/** What an upgrade.sh of another build does to the loaders: everything that is shared, and a file more than there was. */
function newLoaders(): string {
  return [
    `printf xxxx | dd of=${machine.path('dev/rsd0c')} conv=notrunc 2>/dev/null`,
    `printf yyyy | dd of=${machine.path('dev/rsd0c')} bs=1 seek=4100 conv=notrunc 2>/dev/null`,
    `printf zzzz | dd of=${machine.path('dev/rsd0a')} bs=1 seek=20000 conv=notrunc 2>/dev/null`,
    `echo build 2 > ${machine.path('efi/efi/boot/BOOTX64.EFI')}`,
    `echo build 2 > ${machine.path('efi/efi/boot/BOOTIA32.EFI')}`,
  ].join('\n');
}

function send(): Promise<ConfirmedImage> {
  return sendImage({
    target: machine.target(), slot: 'e', image, mode: 'full', unpacks: true, deadline: Deadline.after(30),
    lock: { id: '', owner: 'me', host: 'here' },
  }); // prettier-ignore
}

async function ask(command: string, given: AgentArguments = {}): Promise<Record<string, string>> {
  const answers = await askAgent(machine.target(), command, given, Deadline.after(30));
  return Object.fromEntries(answers.flatMap((answer) => [...answer]));
}

describe('boot loaders that upgrade.sh changed', () => {
  test('are put back when the old slot runs again; the new one may not be switched to any more', async () => {
    await machine.upgradeScript({ before: newLoaders() });
    await (await send()).release();
    expect(await machine.loaders()).not.toBe(before);
    expect((await ask('observe'))['loaders']).toBe('e');
    expect(await ask('loaders')).toEqual({ restored: '1' });
    expect(await machine.loaders()).toBe(before);
    expect((await machine.record('e'))['state']).toBe('confirmed');
    expect((await ask('observe'))['loaders']).toBe('');
    expect(await ask('loaders')).toEqual({ restored: '0' });
  });

  test('are put back at once when upgrade.sh fails after it changed them', async () => {
    await machine.upgradeScript({ before: newLoaders(), words: 'exit 3' });
    await expect((await send()).release()).rejects.toMatchObject({ facts: { reason: 'upgrade-failed' } });
    expect(await machine.loaders()).toBe(before);
    expect(await machine.bootConf()).toBe('d');
  });

  test('are put back when upgrade.sh ends before it has everything', async () => {
    // More than any pipe holds, so that upgrade.sh's end is noticed.
    await machine.remove();
    machine = await StandInMachine.create(4 * 1024 * 1024);
    image = await machine.image('2', randomBytes(3_000_000));
    before = await machine.loaders();
    await machine.program('resflash/upgrade.sh', `${newLoaders()}\nexit 0`);
    await expect(send()).rejects.toMatchObject({ facts: { reason: 'upgrade-ended' } });
    expect(await machine.loaders()).toBe(before);
    expect((await ask('observe'))['loaders']).toBe('');
  });

  test('stay while the new slot runs', async () => {
    await machine.upgradeScript({ before: newLoaders() });
    await (await send()).release();
    const after = await machine.loaders();
    await machine.boot(10, 'e');
    expect(await ask('loaders')).toEqual({ restored: '0' });
    await ask('proven', { slot: 'e' });
    expect(await machine.loaders()).toBe(after);
    expect((await ask('observe'))['loaders']).toBe('');
  });

  test('can still be put back after the proof, when a soak finds the build sick', async () => {
    await machine.upgradeScript({ before: newLoaders() });
    await (await send()).release();
    await machine.boot(10, 'e');
    await ask('proven', { slot: 'e' });
    await machine.boot(10, 'd');
    expect(await ask('loaders')).toEqual({ restored: '1' });
    expect(await machine.loaders()).toBe(before);
  });

  test('are put back by a second try after the first was killed', async () => {
    await machine.upgradeScript({ before: newLoaders() });
    await (await send()).release();
    // sync(8) is called after the first file was written.
    await machine.program('bin/sync', 'kill -9 $PPID');
    await expect(ask('loaders')).rejects.toMatchObject({ code: 'BF1701' });
    expect(await machine.loaders()).not.toBe(before);
    await rm(machine.path('bin/sync'));
    expect((await ask('observe'))['loaders']).toBe('e');
    expect(await ask('loaders')).toEqual({ restored: '1' });
    expect(await machine.loaders()).toBe(before);
  });

  test('are not overwritten in their copy by a further attempt', async () => {
    await machine.upgradeScript({ before: newLoaders() });
    await (await send()).release();
    await expect(send()).rejects.toMatchObject({ facts: { reason: 'loaders' } });
    expect(await ask('loaders')).toEqual({ restored: '1' });
    expect(await machine.loaders()).toBe(before);
  });
});

describe('boot loaders that are the same', () => {
  test('are not written, and the slot stays one that can be switched to', async () => {
    await (await send()).release();
    expect(await ask('loaders')).toEqual({ restored: '0' });
    expect(await machine.loaders()).toBe(before);
    expect((await machine.record('e'))['state']).toBe('complete');
  });

  test('leave no trace when a transfer is given up', async () => {
    await (await send()).abandon();
    expect((await ask('observe'))['loaders']).toBe('');
  });

  test('do not hinder the attempt after one that was abandoned', async () => {
    await (await send()).abandon();
    await (await send()).release();
    expect(await machine.bootConf()).toBe('e');
  });
});

test('nothing is written where there is no room for the copy', async () => {
  await machine.program(
    'bin/df',
    'echo "Filesystem 1024-blocks Used Available Capacity Mounted on"; echo "x 100 50 50 50% /cfg"',
  );
  await expect(send()).rejects.toMatchObject({ code: 'BF1703', facts: { reason: 'no-room' } });
  expect(existsSync(machine.path('cfg/bootfleet/slot.e'))).toBe(false);
  expect(await machine.activations()).toBe(0);
});
