import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideApt } from '../../../scripts/setup/apt/decide.ts';
import { decideGo } from '../../../scripts/setup/go/decide.ts';
import { decidePulumi } from '../../../scripts/setup/pulumi/decide.ts';
import { decidePlugin } from '../../../scripts/setup/scaleway-plugin/decide.ts';
import { isAtLeast } from '../../../scripts/setup/versions.ts';

const version = fc.tuple(fc.nat(30), fc.nat(300), fc.nat(30)).map((parts) => parts.join('.'));

describe('isAtLeast', () => {
  test.each([
    ['v3.260.0', '3.259.0', true],
    ['3.259.0', '3.259.0', true],
    ['3.60.0', '3.259.0', false],
    ['go1.19.8', '1.26.6', false],
    ['go1.27rc1', '1.26.6', true],
    ['4', '3.259.0', true],
    ['3.259.0-alpha.1+dirty', '3.259.0', true],
  ])('%s against %s: %s', (have, oldest, expected) => {
    expect(isAtLeast(have, oldest)).toBe(expected);
  });

  test('is a total order', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(isAtLeast(a, b) || isAtLeast(b, a)).toBe(true);
        expect(isAtLeast(a, b) && isAtLeast(b, a)).toBe(a === b);
      }),
    );
  });
});

describe('decideApt', () => {
  const missing = ['zstd', 'ovmf'];
  test.each([
    [{ missing: [], hasApt: false, isRoot: false, canSudo: false }, { way: 'nothing' }],
    [
      { missing, hasApt: true, isRoot: true, canSudo: false },
      { way: 'install', packages: missing, sudo: false },
    ],
    [
      { missing, hasApt: true, isRoot: false, canSudo: true },
      { way: 'install', packages: missing, sudo: true },
    ],
  ] as const)('%o', (observed, way) => {
    expect(decideApt(observed)).toEqual(way);
  });

  test('refuses with exactly the missing packages where it may install nothing', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }),
        fc.boolean(),
        (packages, hasApt) => {
          const way = decideApt({ missing: packages, hasApt, isRoot: false, canSudo: false });
          expect(way).toMatchObject({ way: 'refuse', packages });
        },
      ),
    );
  });
});

describe('decideGo', () => {
  test('uses the newest when it is new enough, fetches with it when it is not, installs when there is none', () => {
    fc.assert(
      fc.property(fc.array(version), version, (versions, oldest) => {
        const found = versions.map((one, i) => ({ file: `/go${i}`, version: `go${one}` }));
        const way = decideGo(found, oldest);
        const good = versions.some((one) => isAtLeast(one, oldest));
        expect(way.way).toBe(versions.length === 0 ? 'install' : good ? 'use' : 'fetch');
        const chosen = way.way === 'use' ? way.go : way.way === 'fetch' ? way.by : undefined;
        if (chosen) expect(versions.every((one) => isAtLeast(chosen.version, one))).toBe(true);
      }),
    );
  });
});

describe('decidePulumi', () => {
  const found = { file: '/usr/bin/pulumi', version: 'v3.300.1', hasLanguageHost: true };
  test('the user’s own comes first, also before the cache', () => {
    expect(decidePulumi(found, true, '3.259.0')).toMatchObject({ way: 'path', file: '/usr/bin/pulumi' });
  });
  test('one that is too old or has no language host is passed over for the cached one', () => {
    expect(decidePulumi({ ...found, version: 'v3.100.0' }, true, '3.259.0').way).toBe('cache');
    expect(decidePulumi({ ...found, hasLanguageHost: false }, true, '3.259.0').way).toBe('cache');
  });
  test.each([
    [undefined, 'none on PATH'],
    [{ ...found, version: 'v3.100.0' }, '/usr/bin/pulumi is v3.100.0, 3.259.0 is needed'],
    [{ ...found, hasLanguageHost: false }, '/usr/bin/pulumi has no pulumi-language-nodejs beside it'],
  ])('says why one must be had', (one, because) => {
    expect(decidePulumi(one, false, '3.259.0')).toEqual({ way: 'obtain', because });
  });
});

test('the real provider plugin is kept, a stand-in renewed without asking the network', () => {
  expect(decidePlugin('real').way).toBe('keep');
  expect(decidePlugin('stand-in').way).toBe('renew-stand-in');
  expect(decidePlugin('none').way).toBe('obtain');
});
