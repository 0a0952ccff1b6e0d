import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { resolvePolicy, type RolloutPolicy } from '../../../../components/rollout/policy.ts';
import { sendToSlot, type SendToSlot } from '../../../../components/rollout/slot-upgrade/send.ts';
import type { SlotImage } from '../../../../transfer/delta/send-options.ts';
import type { TargetProcess } from '../../../../transfer/target/target-session.ts';
import { Deadline } from '../../../../waiting/deadline.ts';
import { StandInMachine } from '../../../transfer/target/stand-in-machine.ts';

const machines: StandInMachine[] = [];
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.remove()));
});

/** Ends the receiver's input once it was given so many bytes. */
function cutAfter(limit: number, running: TargetProcess): TargetProcess {
  let given = 0;
  const write = running.stdin.write.bind(running.stdin) as (bytes: Uint8Array) => boolean;
  running.stdin.write = ((bytes: Uint8Array) => {
    given += bytes.length;
    if (given < limit) return write(bytes);
    running.stdin.end();
    return false;
  }) as never;
  return running;
}

interface Sending {
  readonly send: SendToSlot;
  readonly machine: StandInMachine;
  readonly image: SlotImage;
  readonly wire: () => number;
}

/** A transfer of a megabyte of noise whose first `cuts` connections break after 700 kB. */
async function sending(cuts: number, policy: RolloutPolicy = {}): Promise<Sending> {
  const machine = await StandInMachine.create();
  machines.push(machine);
  const image = await machine.image('2', randomBytes(1_000_000));
  let wire = 0;
  let left = cuts;
  const target = machine.target((running, argv) => {
    if (!argv.includes('command=receive') || left <= 0) return running;
    left -= 1;
    return cutAfter(700_000, running);
  });
  const send: SendToSlot = {
    inputs: {
      rollout: 'r',
      machine: 'edge-1',
      target: {
        cloud: { kind: 'scaleway', zone: 'fr-par-1' },
        server: '1', address: '127.0.0.1', sshPort: 22, hostKey: '', ssh: { user: 'root', keyFile: 'none' },
      },
      image: { fs: image.file, checksums: [] },
      wave: { number: 1, name: 'canary' },
      skip: '',
      policy: resolvePolicy(policy),
      resourceUrn: '',
      found: { ...image, verified: 'none' },
    },
    slot: 'e',
    lock: { id: '', owner: 'me', host: 'here' },
    means: { unpacks: true, hashRate: 1e9 },
    running: undefined,
    deadline: Deadline.after(30),
    signal: undefined,
    progress: () => undefined,
    onWire: (bytes) => {
      wire += bytes;
    },
    connect: () => Promise.resolve(target),
    drop: () => Promise.resolve(),
  }; // prettier-ignore
  return { send, machine, image, wire: () => wire };
}

describe('a transfer', () => {
  test('counts what went over the wire', async () => {
    const { send, wire } = await sending(0, { transfer: { mode: 'full' } });
    const { confirmed } = await sendToSlot(send);
    expect(wire()).toBe(confirmed.wire);
    expect(wire()).toBeGreaterThan(1_000_000);
    await confirmed.abandon();
  });

  test('counts attempts that broke, and goes on with what is missing', async () => {
    const { send, wire, machine } = await sending(1, { transfer: { mode: 'compressed' } });
    const { confirmed, moved } = await sendToSlot(send);
    expect(moved.mode).toBe('delta');
    // The second attempt alone is less than the image; both together are more than it.
    expect(confirmed.wire).toBeLessThan(1_000_000);
    expect(wire()).toBeGreaterThan(confirmed.wire + 500_000);
    await confirmed.release();
    expect(await machine.bootConf()).toBe('e');
  });

  test('counts also when nothing came of it', async () => {
    const { send, wire, machine } = await sending(99, { transfer: { mode: 'full' } });
    await expect(sendToSlot(send)).rejects.toMatchObject({ code: 'BF1703' });
    expect(wire()).toBeGreaterThan(5 * 500_000);
    expect(await machine.bootConf()).toBe('d');
  });
});
