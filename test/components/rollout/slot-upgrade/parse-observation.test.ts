import { describe, expect, test } from 'vitest';
import { parseObservation } from '../../../../components/rollout/slot-upgrade/parse-observation.ts';
import { parseAnswer } from '../../../../transfer/target/answers.ts';

const sha = 'a'.repeat(64);
const head =
  'running=d next=e buildfile=version:%201%0abuild%20date:%2020261121_0900%0a hashrate=5 architecture=x86_64 boot=b uptime=9.5 cfgfree=77 zlib=1';
const parse = (...lines: readonly string[]): ReturnType<typeof parseObservation> =>
  parseObservation(lines.map(parseAnswer));

describe('what a machine answers', () => {
  test('is read as it says it', () => {
    const record = `state=proven build=20261121_0900 sha256=${sha} bytes=5 readback=${sha}`;
    expect(parse(`${head} loaders=e`, `slot=d size=10 ${record}`, 'slot=e size=10 state= build= sha256= bytes= readback=')).toEqual({
      seen: {
        running: 'd', next: 'e', build: '20261121_0900', architecture: 'x86_64', bootId: 'b', uptime: 9.5, cfgFree: 77, loaders: 'e',
        slots: [
          { letter: 'd', bytes: 10, record: { state: 'proven', build: '20261121_0900', sha256: sha, bytes: 5, readBack: sha } },
          { letter: 'e', bytes: 10, record: undefined },
        ],
      },
      means: { unpacks: true, hashRate: 5 },
    }); // prettier-ignore
  });

  test('without loaders in question and without a next slot says so by leaving them out', () => {
    const { seen } = parse(`${head.replace('next=e', 'next=')} loaders=`);
    expect(seen.next).toBeUndefined();
    expect(seen).not.toHaveProperty('loaders');
  });

  test.each([
    ['another state', `state=good build=1 sha256=${sha} bytes=5`],
    ['a short digest', 'state=proven build=1 sha256=abc bytes=5'],
    ['no length', `state=proven build=1 sha256=${sha} bytes=0`],
  ])('a record with %s counts as none', (_what, record) => {
    expect(parse(head, `slot=e size=10 ${record}`).seen.slots[0]?.record).toBeUndefined();
  });

  test('a record of an image without a build name counts', () => {
    const { seen } = parse(head, `slot=e size=10 state=proven build= sha256=${sha} bytes=5`);
    expect(seen.slots[0]?.record).toMatchObject({ state: 'proven', build: '', sha256: sha });
  });

  test('a record that was not read back whole has no read-back', () => {
    const { seen } = parse(head, `slot=e size=10 state=complete build=1 sha256=${sha} bytes=5 readback=abc`);
    expect(seen.slots[0]?.record).toMatchObject({ state: 'complete', readBack: undefined });
  });

  test('that is none is refused', () => {
    expect(() => parse('hello=1')).toThrow(/did not say which slot runs/);
  });
});
