import { expect, test } from 'vitest';
import { buildOf, parseRunningSystem } from '../../remote/running-system.ts';

const openbsd = `/dev/sd0d on / type ffs (local, noatime, read-only)
mfs:12345 on /tmp type mfs (asynchronous, local)
--
version: 6.8.2
build command: ./build_resflash.sh 1906 /usr/rdest
build date: Sat Nov 21 09:00:12 UTC 2026
--
stty com0 115200
set tty com0
set device hd0e
`;

test('an OpenBSD machine with resflash: running slot, next slot, build', () => {
  expect(parseRunningSystem(openbsd)).toEqual({ build: '20261121_0900', slot: 'd', nextSlot: 'e' });
});

test('a machine without slots and build says so by empty texts', () => {
  const linux = '/dev/nvme0n1p2 on / type ext4 (rw)\nproc on /proc type proc (rw)\n--\n--\n';
  expect(parseRunningSystem(linux)).toEqual({ build: '', slot: '', nextSlot: '' });
  expect(parseRunningSystem('')).toEqual({ build: '', slot: '', nextSlot: '' });
});

test('the build is the date in file-name form, else the version', () => {
  expect(buildOf('version: 1\nbuild date: 20261121_0900\n')).toBe('20261121_0900');
  expect(buildOf('version: 7\r\n')).toBe('7');
  expect(buildOf('version: 7\nbuild date: yesterday\n')).toBe('7');
  expect(buildOf('')).toBe('');
});
