import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseUpload, type OpenUpload, partSize, sizeOfPart } from '../../transfer/multipart.ts';

const mebibyte = 2 ** 20;
const sizes = fc.integer({ min: 0, max: 40 * 1024 * mebibyte });

describe('the parts of a file', () => {
  test('are at most 1,000, none is empty, and together they are the file', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const count = Math.ceil(size / partSize(size));
        expect(count).toBeLessThanOrEqual(1000);
        let sum = 0;
        for (let number = 1; number <= count; number += 1) {
          expect(sizeOfPart(size, number)).toBeGreaterThan(0);
          sum += sizeOfPart(size, number);
        }
        expect(sum).toBe(size);
        expect(sizeOfPart(size, count + 1)).toBe(0);
      }),
    );
  });
});

describe('which broken upload is gone on with', () => {
  const sha256 = 'a'.repeat(64);
  const size = 40 * mebibyte;
  const key = `images/edge/${sha256}.img`;
  const whole = { size: partSize(size), etag: '"x"' };
  const upload = (
    id: string,
    parts: readonly [number, OpenUpload['parts'] extends ReadonlyMap<number, infer P> ? P : never][],
    of = key,
  ): OpenUpload => ({ key: of, id, parts: new Map(parts) });
  const file = { key, sha256, size };

  test('the one with the most whole parts; the others end', () => {
    const uploads = [
      upload('one', [[1, whole]]),
      upload('two', [
        [1, whole],
        [2, whole],
      ]),
      upload('none', []),
    ];
    const { resumed, stale } = chooseUpload(uploads, file);
    expect(resumed?.id).toBe('two');
    expect(stale.map(({ id }) => id)).toEqual(['one', 'none']);
  });

  test.each<[string, OpenUpload[], typeof file]>([
    [
      'parts of another size',
      [
        upload('x', [
          [1, { ...whole, size: 5 * mebibyte }],
          [3, whole],
          [4, whole],
        ]),
      ],
      file,
    ],
    ['another key', [upload('x', [[1, whole]], `images/edge/${'b'.repeat(64)}.img`)], file],
    [
      'a key that says nothing of the content',
      [upload('x', [[1, whole]], 'images/edge/latest.img')],
      { ...file, key: 'images/edge/latest.img' },
    ],
  ])('none with %s', (_name, uploads, of) => {
    expect(chooseUpload(uploads, of)).toEqual({ resumed: undefined, stale: uploads });
  });
});
