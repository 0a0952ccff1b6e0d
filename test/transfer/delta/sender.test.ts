import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { frameSize } from '../../../transfer/delta/frames.ts';
import { Sender } from '../../../transfer/delta/sender.ts';
import type { TargetProcess } from '../../../transfer/target/target-session.ts';
import { Deadline } from '../../../waiting/deadline.ts';

const pieces = 12;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-sender-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** A receiver that takes everything and says nothing, until `end`. */
function receiver(): { readonly process: TargetProcess; readonly end: () => void } {
  const stdin = new Writable({
    write: (_bytes, _encoding, done) => {
      done();
    },
  });
  const stdout = new PassThrough();
  const exited = Promise.withResolvers<{ readonly status: number }>();
  const end = (): void => {
    stdout.end();
    exited.resolve({ status: 3 });
  };
  const process = { stdin, stdout, stderr: new PassThrough(), exited: exited.promise, kill: end };
  return { process, end };
}

async function started(process: TargetProcess): Promise<Sender> {
  const file = join(folder, 'edge.slot.fs');
  const bytes = (pieces * frameSize) / 2;
  await writeFile(file, Buffer.alloc(bytes, 'bootfleet'));
  return await Sender.start(
    {
      target: { machine: 'edge-1', session: { start: () => Promise.resolve(process) } },
      slot: 'b',
      image: { file, bytes, sha256: '0'.repeat(64), sha512: '0'.repeat(128), build: '2' },
      mode: 'full',
      unpacks: false,
      deadline: Deadline.after(60),
      lock: { id: '1', owner: 'me', host: 'here' },
    },
    [],
  );
}

test('no promise of the whole transfer keeps something of each write', async () => {
  const { process, end } = receiver();
  const sender = await started(process);
  const race = vi.spyOn(Promise, 'race');
  expect(await sender.send()).toBeGreaterThan((pieces * frameSize) / 2);
  const reactions = new Map<unknown, number>();
  for (const one of race.mock.calls.flatMap(([raced]) => [...raced]))
    reactions.set(one, (reactions.get(one) ?? 0) + 1);
  expect(reactions.size).toBeGreaterThan(pieces);
  expect(Math.max(...reactions.values())).toBe(1);
  end();
  await sender.stop();
});

test('a receiver that ends breaks off what waits for it, and what is begun later', async () => {
  const { process, end } = receiver();
  const sender = await started(process);
  const waiting = sender.expect('written');
  end();
  await expect(waiting).rejects.toThrow(/BF17\d\d: .*the receiver ended with 3/);
  await expect(sender.send()).rejects.toThrow(/the receiver ended with 3/);
  await sender.stop();
});
