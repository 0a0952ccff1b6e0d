import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askAgent } from '../../../transfer/target/agent.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { StandInMachine } from './stand-in-machine.ts';

let machine: StandInMachine;
beforeEach(async () => {
  machine = await StandInMachine.create();
});
afterEach(() => machine.remove());

const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
async function holds(slot: string, image: Uint8Array): Promise<string | undefined> {
  const given = { slot, sha256: digest(image), bytes: image.length };
  const [answer] = await askAgent(machine.target(), 'identify', given, Deadline.after(30));
  return answer?.get('same');
}

test('a slot that runs is read and compared with an image, byte by byte, without a record', async () => {
  const image = randomBytes(300_001);
  const slot = await machine.read('dev/rsd0d');
  image.copy(slot);
  await machine.write('dev/rsd0d', slot);
  expect(await holds('d', image)).toBe('1');
  image.writeUInt8(image.readUInt8(4000) ^ 1, 4000);
  expect(await holds('d', image)).toBe('0');
  expect(await holds('e', image)).toBe('0');
});

test('an image that is larger than the slot is not in it', async () => {
  expect(await holds('d', Buffer.alloc(2 * 1024 * 1024))).toBe('0');
});
