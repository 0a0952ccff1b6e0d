import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { sendImage } from '../../../transfer/delta/send-image.ts';
import type { SendOptions, SlotImage } from '../../../transfer/delta/send-options.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { StandInMachine } from './stand-in-machine.ts';

const machines: StandInMachine[] = [];
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.remove()));
});

async function machineWith(
  content = randomBytes(300_000),
): Promise<{ machine: StandInMachine; image: SlotImage }> {
  const machine = await StandInMachine.create();
  machines.push(machine);
  return { machine, image: await machine.image('2', content) };
}

function options(machine: StandInMachine, image: SlotImage, change: Partial<SendOptions> = {}): SendOptions {
  return {
    target: machine.target(),
    slot: 'e',
    image,
    mode: 'full',
    unpacks: true,
    deadline: Deadline.after(30),
    lock: { id: '', owner: 'me', host: 'here' },
    ...change,
  };
}

/** What must hold whenever a transfer failed: nothing active, no upgrade.sh left, the slot recorded as a mixture. */
async function expectNothingActive(machine: StandInMachine): Promise<void> {
  expect(await machine.activations()).toBe(0);
  expect(await machine.bootConf()).toBe('d');
  expect((await machine.record('e'))['state']).not.toBe('complete');
}

describe.each(['full', 'compressed', 'delta'] as const)('an image sent %s', (mode) => {
  test('is written, compared, made active and recorded', async () => {
    const { machine, image } = await machineWith();
    const lines: string[] = [];
    const sent = await sendImage(options(machine, image, { mode, onOutput: (line) => lines.push(line) }));
    expect(sent.sha256).toBe(image.sha256);
    await expectNothingActive(machine);
    await sent.release();
    expect(await machine.bootConf()).toBe('e');
    expect(await machine.activations()).toBe(1);
    expect(await machine.record('e')).toMatchObject({
      state: 'complete',
      build: '2',
      sha256: image.sha256,
      bytes: '300000',
    });
    expect(lines.at(-1)).toMatch(/^Upgrade complete!/);
    const slot = (await machine.read('dev/rsd0e')).subarray(0, image.bytes);
    const wanted = await machine.read('2.fs');
    wanted.write('edited by upgrade.sh\n', 8192);
    expect(slot.equals(wanted)).toBe(true);
  });

  test('is abandoned without a trace in boot.conf', async () => {
    const { machine, image } = await machineWith();
    const sent = await sendImage(options(machine, image, { mode }));
    await sent.abandon();
    await expectNothingActive(machine);
  });

  test.each([
    ['empty', (i: SlotImage) => ({ ...i, file: '/dev/null' }), 'short'],
    ['short', (i: SlotImage) => ({ ...i, bytes: i.bytes + 4096 }), 'short'],
    ['long', (i: SlotImage) => ({ ...i, bytes: i.bytes - 4096 }), 'long'],
    ['altered', (i: SlotImage) => ({ ...i, sha256: 'a'.repeat(64) }), 'digest'],
  ])('that is %s never becomes active', async (_what, spoil, reason) => {
    const { machine, image } = await machineWith();
    await expect(sendImage(options(machine, spoil(image), { mode }))).rejects.toMatchObject({
      code: 'BF1703',
      facts: { reason: expect.stringMatching(reason) as string },
    });
    await expectNothingActive(machine);
  });
});

describe('upgrade.sh', () => {
  test('by itself takes an empty image for an upgrade: this is the hazard', async () => {
    const { machine } = await machineWith();
    const { spawnSync } = await import('node:child_process');
    spawnSync(machine.path('resflash/upgrade.sh'), { input: '' });
    expect(await machine.activations()).toBe(1);
  });

  test.each([
    [
      'prints another digest',
      { digest: 'echo 0000000000000000000000000000000000000000000000000000000000000000 #' },
    ],
    ['prints no digest', { digest: 'true' }],
    ['prints something unexpected', { words: 'echo "Who are you?"' }],
    ['ends with an error after its activation', { words: 'exit 3' }],
  ])('that %s is undone before any reboot', async (_what, change) => {
    const { machine, image } = await machineWith();
    await machine.upgradeScript(change);
    const sent = await sendImage(options(machine, image));
    await expect(sent.release()).rejects.toMatchObject({ facts: { reason: 'upgrade-failed' } });
    expect(await machine.activations()).toBe(1);
    expect(await machine.bootConf()).toBe('d');
    expect((await machine.record('e'))['state']).toBe('writing');
  });

  test('that ends before its input is reported, whatever it activated', async () => {
    const { machine, image } = await machineWith(randomBytes(900_000));
    await machine.program(
      'resflash/upgrade.sh',
      `sed -i s/hd0d/hd0e/ ${machine.path('mbr/etc/boot.conf')}; exit 0`,
    );
    await expect(sendImage(options(machine, image))).rejects.toMatchObject({
      facts: { reason: 'upgrade-ended' },
    });
    expect(await machine.bootConf()).toBe('d');
  });
});

describe('a connection that is cut', () => {
  /** Ends the receiver's input after so many bytes. */
  const cutAfter = (limit: number) => (running: { stdin: NodeJS.WritableStream }) => {
    let sent = 0;
    const write = running.stdin.write.bind(running.stdin) as (bytes: Uint8Array) => boolean;
    running.stdin.write = ((bytes: Uint8Array) => {
      sent += bytes.length;
      if (sent < limit) return write(bytes);
      running.stdin.end();
      return false;
    }) as never;
    return running as never;
  };

  test('leaves nothing active, and what arrived is not sent again', async () => {
    const content = randomBytes(1_000_000);
    const { machine, image } = await machineWith(content);
    const target = machine.target((running, argv) =>
      argv.includes('command=receive') ? cutAfter(700_000)(running) : running,
    );
    await expect(sendImage(options(machine, image, { target, mode: 'full' }))).rejects.toMatchObject({
      code: 'BF1703',
    });
    await expectNothingActive(machine);
    const again = await sendImage(options(machine, image, { mode: 'delta' }));
    expect(again.wire).toBeLessThan(600_000);
    await again.release();
    expect(await machine.bootConf()).toBe('e');
  });

  test('also when the receiver itself is killed: its guard ends upgrade.sh', async () => {
    const { machine, image } = await machineWith();
    const sent = await sendImage(options(machine, image));
    process.kill((machine.running.at(-1) as unknown as { pid: number }).pid, 'SIGKILL');
    await machine.running.at(-1)?.exited;
    await sent.abandon();
    // A fresh receiver gets its lock only when the guard has let go.
    const again = await sendImage(options(machine, image));
    await expectNothingActive(machine);
    await again.abandon();
    await expectNothingActive(machine);
  });

  test('after the release does not matter any more: the machine finishes and records', async () => {
    const { machine, image } = await machineWith();
    // upgrade.sh says that it has everything, and then waits for the connection to be gone.
    const gone = machine.path('tmp/gone');
    await machine.upgradeScript({ before: `while [ ! -e ${gone} ]; do sleep 0.05; done` });
    const complete = Promise.withResolvers<undefined>();
    const onOutput = (line: string): void => {
      if (line.startsWith('Writing filesystem complete')) complete.resolve(undefined);
    };
    const sent = await sendImage(options(machine, image, { onOutput }));
    const released = sent.release();
    released.catch(() => undefined);
    await complete.promise;
    const running = machine.running.at(-1);
    running?.stdin.end();
    running?.stdout.destroy();
    await machine.write('tmp/gone', '');
    await expect(released).rejects.toThrow();
    await running?.exited;
    expect(await machine.bootConf()).toBe('e');
    expect((await machine.record('e'))['state']).toBe('complete');
  });
});
