import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinWithoutOverlap, ScrollBack } from '../../../localcloud/serial/scroll-back.ts';

const bytes = fc.uint8Array({ maxLength: 40 });

test('holds the newest bytes, however they came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.array(bytes), (size, pieces) => {
      const past = new ScrollBack(size);
      for (const piece of pieces) past.push(piece);
      expect(Buffer.from(past.content())).toEqual(Buffer.concat(pieces).subarray(-size));
    }),
  );
});

test('memory is bounded by twice the size', () => {
  const past = new ScrollBack(1000);
  for (let count = 0; count < 10_000; count++) {
    past.push(new Uint8Array(7));
    expect(past.length).toBeLessThanOrEqual(2007);
  }
});

test('what log and connection both hold appears once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(255)), fc.nat(), fc.nat(), (stream, one, two) => {
      // Every byte once, so that where the overlap lies is beyond doubt.
      const [from, to] = [one % (stream.length + 1), two % (stream.length + 1)].sort((a, b) => a - b);
      const log = Uint8Array.from(stream.slice(0, to));
      const live = Uint8Array.from(stream.slice(from));
      expect([...joinWithoutOverlap(log, live)]).toEqual(stream);
    }),
  );
});

test('the overlap is the longest, also of a stream that repeats itself', () => {
  const few = fc.array(fc.constantFrom(46, 46, 46, 13, 10), { maxLength: 30 });
  fc.assert(
    fc.property(few, few, (log, live) => {
      let shared = Math.min(log.length, live.length);
      while (shared > 0 && log.slice(log.length - shared).join() !== live.slice(0, shared).join())
        shared -= 1;
      const joined = joinWithoutOverlap(Uint8Array.from(log), Uint8Array.from(live));
      expect([...joined]).toEqual([...log, ...live.slice(shared)]);
    }),
  );
});

test('a console full of dots is joined as fast as any other', () => {
  // Every end of the log but the last byte is a beginning of the live bytes: tried one by one, that is 10^11 comparisons.
  const log = Buffer.alloc(512 * 1024, '.');
  const live = Buffer.concat([
    Buffer.alloc(400 * 1024, '.'),
    Buffer.from('x'),
    Buffer.alloc(111 * 1024, '.'),
  ]);
  expect(joinWithoutOverlap(log, live).length).toBe(log.length + live.length - 400 * 1024);
});
