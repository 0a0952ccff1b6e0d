import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storageProgramCandidates } from '../../../localcloud/storage/program.ts';
import { afterEnd, defaultRestartPolicy } from '../../../localcloud/storage/restart-policy.ts';

test('waits longer each time, gives up after too many in a row, forgives old ones', () => {
  const ends: number[] = [];
  const answers = Array.from({ length: 6 }, (_, at) => {
    ends.push(at);
    return afterEnd(ends, defaultRestartPolicy);
  });
  expect(answers).toEqual([0.1, 0.2, 0.4, 0.8, 1.6, 'give-up']);
  expect(afterEnd([...ends, 1000], defaultRestartPolicy)).toBe(0.1);
});

test('whatever happened: a bounded wait or the end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(500), { minLength: 1 }),
      fc.nat(20),
      fc.integer({ min: 1, max: 100 }),
      (gaps, most, window) => {
        let now = 0;
        const ends = gaps.map((gap) => (now += gap));
        const answer = afterEnd(ends, { most, window });
        const recent = ends.filter((end) => now - end < window).length;
        if (recent > most) expect(answer).toBe('give-up');
        else expect(answer).toSatisfy((wait: number) => wait >= 0.1 && wait <= 5);
      },
    ),
  );
});

test('PATH first, then the own tools; relative folders on PATH are passed over', () => {
  const env = { PATH: '/usr/bin:.:bin:/opt/x', BOOTFLEET_CACHE: '/cache' };
  expect(storageProgramCandidates(env)).toEqual([
    '/usr/bin/versitygw',
    '/opt/x/versitygw',
    '/cache/tools/versitygw-1.8.0/versitygw',
  ]);
  expect(storageProgramCandidates({ XDG_CACHE_HOME: '/x' }).at(-1)).toBe(
    '/x/bootfleet/tools/versitygw-1.8.0/versitygw',
  );
});
