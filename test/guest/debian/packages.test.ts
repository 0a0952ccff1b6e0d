import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fetchPackages } from '../../../guest/debian/packages.ts';
import { hostRelease, releaseName } from '../../../guest/debian/release.ts';

let cache = '';
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'packages-'));
});
afterEach(async () => {
  await rm(cache, { recursive: true });
});

it('packages that were fetched on another release of the host are not mixed with those of this one', async () => {
  const old = 'ID=debian\nVERSION_ID="12"\n';
  const upgraded = 'ID=debian\nVERSION_ID="13"\n';
  // Versions of bootfleet that knew no release left one as well.
  await mkdir(join(cache, 'debian', 'libc6_2.31-13'), { recursive: true });
  await mkdir(join(cache, 'debian', releaseName(old), 'libc6_2.36-9'), { recursive: true });
  await mkdir(join(cache, 'debian', releaseName(upgraded), 'libc6_2.41-12'), { recursive: true });
  const osRelease = join(cache, 'os-release');
  for (const [text, version] of [
    [old, '2.36-9'],
    [upgraded, '2.41-12'],
  ] as const) {
    await writeFile(osRelease, text);
    const [libc] = await fetchPackages(['libc6'], cache, osRelease);
    expect(libc?.version).toBe(version);
  }
});

it('a release is a name and a version, or the code name of one that has no version yet', async () => {
  const debian =
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n';
  expect(releaseName(debian)).toBe('debian-12');
  expect(releaseName("ID=ubuntu\nID_LIKE=debian\nVERSION_ID='24.04'\n")).toBe('ubuntu-24.04');
  expect(releaseName('ID=debian\nVERSION_CODENAME=forky\n')).toBe('debian-forky');
  expect(await hostRelease()).not.toMatch(/unknown/);
  fc.assert(
    fc.property(fc.string(), fc.string(), (id, version) => {
      expect(releaseName(`ID=${id}\nVERSION_ID="${version}"\n`)).toMatch(/^[A-Za-z0-9._-]+$/);
    }),
  );
});
