import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MachineJobs, type Phase } from '../../../localcloud/compute/machine-jobs.ts';

/** Jobs whose phases end when the test says so. */
function lab(): { jobs: MachineJobs; failed: string[]; pass: () => void } {
  const failed: string[] = [];
  const waiting: (() => void)[] = [];
  const jobs = new MachineJobs({
    pace: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    failed: (id, thrown) => failed.push(`${id}: ${thrown instanceof Error ? thrown.message : ''}`),
  });
  return { jobs, failed, pass: () => waiting.shift()?.() };
}

test('jobs of one machine never overlap and keep their order, however long each takes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(3)), { maxLength: 12 }),
      async (wanted) => {
        const { jobs } = lab();
        const running = new Set<string>();
        const done: Record<string, number[]> = { a: [], b: [] };
        for (const [at, [id, turns]] of wanted.entries()) {
          jobs.enqueue(id, async () => {
            expect(running.has(id)).toBe(false);
            running.add(id);
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            running.delete(id);
            done[id]?.push(at);
          });
        }
        await jobs.idle();
        for (const id of ['a', 'b'])
          expect(done[id]).toEqual([...wanted.keys()].filter((at) => wanted[at]?.[0] === id));
      },
    ),
  );
});

test('a job that throws is told of, and the next one begins all the same', async () => {
  const { jobs, failed } = lab();
  const seen: string[] = [];
  jobs.enqueue('a', () => Promise.reject(new Error('no power')));
  jobs.enqueue('a', () => {
    seen.push('next');
    return Promise.resolve();
  });
  await jobs.idle();
  expect([failed, seen]).toEqual([['a: no power'], ['next']]);
});

test('closing ends a job in its phase without calling that a failure, and begins none that waits', async () => {
  const { jobs, failed } = lab();
  const seen: string[] = [];
  const job = (name: string, phase: Phase) => async (): Promise<void> => {
    seen.push(`${name} begins`);
    await jobs.pace('a', phase);
    seen.push(`${name} ends`);
  };
  jobs.enqueue('a', job('one', 'stopping'));
  jobs.enqueue('a', job('two', 'stopping'));
  await Promise.resolve();
  await jobs.close();
  jobs.enqueue('a', job('three', 'stopping'));
  await jobs.idle();
  expect([seen, failed, jobs.closed]).toEqual([['one begins'], [], true]);
});

test('a phase that is over lets the job go on', async () => {
  const { jobs, pass } = lab();
  const seen: string[] = [];
  jobs.enqueue('a', async () => {
    await jobs.pace('a', 'rebooting');
    seen.push('went on');
  });
  await expect
    .poll(() => {
      pass();
      return seen;
    })
    .toEqual(['went on']);
  await jobs.idle();
});
