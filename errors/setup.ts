/** Errors BF1900 to BF1999: set-up, tools and the command line. */
import { defineError } from './error.ts';

export const hostToolMissing = defineError<{ program: string; package: string }>({
  code: 'BF1930',
  title: 'A program of the host is missing',
  message: (f) => `${f.program} is not installed on this machine`,
  cause: 'Guest images are built with a few programs that every Debian and Ubuntu has in a package.',
  next: (f) => `Install it: apt-get install ${f.package}`,
  example: { program: 'mformat', package: 'mtools' },
});

export const hostToolFailed = defineError<{ program: string; words: string }>({
  code: 'BF1931',
  title: 'A program of the host failed',
  message: (f) => `${f.program} failed: ${f.words}`,
  cause: 'The disk is full, a download was cut, or the program is too old.',
  next: () => 'Read the program’s own words above, free disk space if it names it, and run the command again.',
  example: { program: 'mcopy', words: 'Disk full' },
});

export const packageUnavailable = defineError<{ package: string; words: string }>({
  code: 'BF1932',
  title: 'A Debian package cannot be fetched',
  message: (f) => `apt cannot fetch ${f.package}: ${f.words}`,
  cause: 'There is no network, the package mirror is down, or this is not a Debian whose archive has the package.',
  next: (f) => `Try it by hand: apt-get update && apt-get download ${f.package.split(',')[0] ?? ''}`,
  example: { package: 'linux-image-cloud-amd64', words: 'Unable to locate package linux-image-cloud-amd64' },
});

export const packageFileMissing = defineError<{ file: string; package: string }>({
  code: 'BF1933',
  title: 'A Debian package lacks a file',
  message: (f) => `package ${f.package} has no ${f.file}`,
  cause: 'Another release of Debian lays the package out differently, or the cached copy is damaged.',
  next: () => 'Delete the folder debian/ of the bootfleet cache and build again; on another release than Debian 12, report it.',
  example: { file: 'virtio_blk.ko', package: 'linux-image-6.1.0-56-cloud-amd64' },
});
