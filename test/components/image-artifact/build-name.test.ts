import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildName } from '../../../components/image-artifact/build-name.ts';

test.each([
  ['/images/edge-20261121_0900.img', '20261121_0900'],
  ['resflash-amd64-4GB-com0_115200-20261121_0900.img.gz', '20261121_0900'],
  ['edge_20261121_0900.fs', '20261121_0900'],
  ['edge.20261121_0900.fs.zst', '20261121_0900'],
  ['20261121_0900.img', '20261121_0900'],
  ['edge20261121_0900-fixed.img', '20261121_0900'],
])('%s is called after %s', (file, build) => {
  expect(buildName(file)).toBe(build);
});

test.each([
  'edge.img',
  'edge-v2.fs',
  'edge-v2.3.1.img',
  'edge-20261121_09001.img',
  'edge-120261121_0900.img',
  'edge-20261121.img',
  '20261121_0900/edge.img',
])('the name of %s says no build: it is unknown, not empty', (file) => {
  expect(buildName(file)).toBeUndefined();
});

test('is never empty', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(buildName(name)).not.toBe('');
    }),
  );
});
