import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginMark, endMark, framedAnswer } from '../../contracts/framed-command.ts';
import { howEnded } from '../../remote/exit.ts';
import { FramedOutput } from '../../remote/framed-output.ts';

const nonce = '77aa';

async function read(data: Buffer, step: number) {
  const pieces: Buffer[] = [];
  for (let at = 0; at < data.length; at += step) pieces.push(data.subarray(at, at + step));
  const framed = Readable.from(pieces).pipe(new FramedOutput(nonce));
  const text = Buffer.concat((await framed.toArray()) as Buffer[]);
  return { text, framed };
}

/** Bytes, and pieces of marks that are none. */
const output = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(beginMark('77ab'), endMark(nonce).slice(0, 9), 'bootfleet-', endMark('1'), '\n')
        .map((text) => Buffer.from(text)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

test('of whatever a shell prints before and behind it, the output of the command alone is passed on', async () => {
  await fc.assert(
    fc.asyncProperty(
      output,
      output,
      output,
      fc.nat(255),
      fc.integer({ min: 1, max: 60 }),
      async (before, said, behind, status, step) => {
        const answer = Buffer.from(framedAnswer(nonce, said.toString('latin1'), status), 'latin1');
        const { text, framed } = await read(Buffer.concat([before, answer, behind]), step);
        expect(text.equals(said)).toBe(true);
        expect([framed.begun, framed.status]).toEqual([true, status]);
      },
    ),
  );
});

test('what was killed with its shell is passed on to its last byte, and has no status', async () => {
  await fc.assert(
    fc.asyncProperty(output, fc.integer({ min: 1, max: 60 }), async (said, step) => {
      const { text, framed } = await read(
        Buffer.concat([Buffer.from(`hello\n${beginMark(nonce)}`), said]),
        step,
      );
      expect(text.equals(said)).toBe(true);
      expect([framed.begun, framed.status]).toEqual([true, undefined]);
    }),
  );
});

test('a shell that never runs it: nothing is passed on, and what it said is kept', async () => {
  const { text, framed } = await read(Buffer.from('This account is currently not available.\n'), 7);
  expect([text.length, framed.begun, framed.noise]).toEqual([
    0,
    false,
    'This account is currently not available.',
  ]);
  expect((await read(Buffer.alloc(100_000, 'x'), 1000)).framed.noise.length).toBe(2048);
});

test("a status that may be a shell's word for a signal is told as both, for it may be the program's own", () => {
  expect([137, 143, 128, 255, 3].map((status) => howEnded({ status }))).toEqual([
    'status 137 (its own, or signal KILL)',
    'status 143 (its own, or signal TERM)',
    'status 128',
    'status 255',
    'status 3',
  ]);
  expect(howEnded({ signal: 'KILL' })).toBe('signal KILL');
});
