/** Errors BF1900 to BF1999: set-up, tools and the command line. */
import { defineError } from './error.ts';

export const usageWrong = defineError<{ command: string; problem: string; nearest?: string | undefined }>({
  code: 'BF1900',
  title: 'The command line is not understood',
  message: (f) => `bootfleet ${f.command}: ${f.problem}${f.nearest ? `; did you mean ${f.nearest}?` : ''}`,
  cause: 'An option or argument is misspelt, missing, or belongs to another command.',
  next: (f) => `See: bootfleet ${f.command} --help`,
  example: { command: 'status', problem: "unknown option '--jsom'", nearest: '--json' },
});

export const commandUnknown = defineError<{ command: string; nearest: string }>({
  code: 'BF1901',
  title: 'There is no such command',
  message: (f) =>
    `there is no command \`bootfleet ${f.command}\`${f.nearest ? `; did you mean ${f.nearest}?` : ''}`,
  cause: 'The name is misspelt, or it belongs to another version of bootfleet.',
  next: () => 'See: bootfleet --help',
  example: { command: 'statsu', nearest: 'status' },
});

export const toolFailed = defineError<{ command: string; reason: string; output: string }>({
  code: 'BF1902',
  title: 'A program that set-up needs failed',
  message: (f) => `${f.command}: ${f.reason}${f.output ? `\n    ${f.output}` : ''}`,
  cause: 'Its own last lines, above, say why; most often the network or the disk.',
  next: () => 'Run the same command again: what is done already is not done twice',
  example: { command: 'go build', reason: 'ended with status 1', output: 'no space left on device' },
});

export const downloadFailed = defineError<{ url: string; reason: string }>({
  code: 'BF1903',
  title: 'A download failed',
  message: (f) => `cannot download ${f.url}: ${f.reason}`,
  cause: 'There is no network, a proxy is between, or the publisher moved the file.',
  next: () => 'Set-up goes on by the next way; to use your own copy, put the program on PATH',
  example: {
    url: 'https://get.pulumi.com/releases/sdk/pulumi-v3.259.0-linux-x64.tar.gz',
    reason: 'ENOTFOUND',
  },
});

export const downloadDiffers = defineError<{ url: string; expected: string; found: string }>({
  code: 'BF1904',
  title: 'A download does not have the checksum that its publisher names',
  message: (f) => `${f.url} should have SHA-256 ${f.expected}, but has ${f.found}`,
  cause: 'The download was altered or cut on its way.',
  next: () => 'It was not used. If it happens again, something between here and the publisher alters files',
  example: { url: 'https://example.org/tool.tar.gz', expected: '9f86d081', found: '0a1b2c3d' },
});

export const packagesMissing = defineError<{ packages: string; why: string }>({
  code: 'BF1905',
  title: 'System packages are missing',
  message: (f) => `system packages are missing, and set-up cannot install them (${f.why}): ${f.packages}`,
  cause: 'Set-up installs packages with apt as root or with sudo that asks for no password, nowhere else.',
  next: (f) => `Install them, then run this again. On Debian or Ubuntu: sudo apt-get install ${f.packages}`,
  example: { packages: 'qemu-system-x86 ipxe-qemu', why: 'not root, and sudo wants a password' },
});

export const goMissing = defineError<{ tool: string; oldest: string; why: string }>({
  code: 'BF1906',
  title: 'Go is needed and cannot be had',
  message: (f) => `${f.tool} has to be built here, which needs Go ${f.oldest} or newer: ${f.why}`,
  cause: 'Neither the download of the tool worked, nor is there a Go, nor apt to install one.',
  next: (f) => `Install Go ${f.oldest}, or put ${f.tool} itself on PATH`,
  example: { tool: 'pulumi', oldest: '1.26.6', why: 'no go on PATH and no apt' },
});

export const platformUnknown = defineError<{ platform: string }>({
  code: 'BF1907',
  title: 'This platform is not supported',
  message: (f) => `bootfleet runs on Linux with an x64 or arm64 processor; this is ${f.platform}`,
  cause: 'The embedded cloud uses QEMU, Linux loopback addresses and Debian packages.',
  next: () => 'Use a Linux machine, a virtual machine or a container',
  example: { platform: 'win32 x64' },
});

export const notSetUp = defineError<{ missing: string }>({
  code: 'BF1908',
  title: 'bootfleet is not set up',
  message: (f) => `${f.missing} is not here`,
  cause: 'Set-up was never run with this BOOTFLEET_CACHE, or the cache was cleaned.',
  next: () => 'Run: npm run setup',
  example: { missing: 'the Pulumi CLI' },
});

export const standInType = defineError<{ type: string; known: string }>({
  code: 'BF1910',
  title: 'The stand-in of the Scaleway provider does not have this resource type',
  message: (f) => `the stand-in of the Scaleway provider does not have ${f.type}; it has ${f.known}`,
  cause:
    'The real plugin pulumi-resource-scaleway could not be downloaded, and the stand-in has only what fleets use.',
  next: () =>
    'Install the real plugin: pulumi plugin install resource scaleway --server github://api.github.com/pulumiverse',
  example: { type: 'scaleway:rdb/instance:Instance', known: 'scaleway:instance/server:Server' },
});

export const standInEndpoint = defineError<{ given: string; embedded: string }>({
  code: 'BF1911',
  title: 'The stand-in of the Scaleway provider serves the embedded cloud only',
  message: (f) =>
    `the stand-in of the Scaleway provider refuses ${f.given}: it serves the embedded cloud only, which is ${f.embedded}`,
  cause:
    'The real cloud or another endpoint is meant, but the real plugin is not installed; or the embedded cloud was started anew at another address since the last `pulumi up`.',
  next: () =>
    'For the embedded cloud: `endpoint: local` in the fleet file and `bootfleet local start`. For any other: pulumi plugin install resource scaleway --server github://api.github.com/pulumiverse',
  example: { given: 'https://api.scaleway.com', embedded: 'http://127.0.0.1:40001' },
});

export const waitTooLong = defineError<{ what: string; wanted: string; seen: string; seconds: number }>({
  code: 'BF1912',
  title: 'Something in the cloud did not change in time',
  message: (f) => `${f.what} is not ${f.wanted} after ${f.seconds} s: the cloud says ${f.seen}`,
  cause: 'The cloud is overloaded, or another program holds on to it.',
  next: () => 'Run the command again: it goes on from the state that the cloud is in',
  example: { what: 'server fr-par-1/c136f267', wanted: 'gone', seen: 'stopping', seconds: 300 },
});

export const typeUnknown = defineError<{ type: string; known: string }>({
  code: 'BF1913',
  title: 'The cloud has no such server type',
  message: (f) => `there is no server type ${f.type}; there are ${f.known}`,
  cause: 'The name is misspelt, or the type is sold in another zone or no more.',
  next: () => 'Correct `type` of the server',
  example: { type: 'DEV1-X', known: 'DEV1-S, START1-XS' },
});

export const imageUnknown = defineError<{ label: string; zone: string }>({
  code: 'BF1914',
  title: 'The marketplace has no such image',
  message: (f) => `the marketplace has no image with the label ${f.label} in ${f.zone}`,
  cause: 'The label is misspelt, or the image is not offered in this zone.',
  next: () => 'Correct `image` of the server, or name the id of an image',
  example: { label: 'debian_bookwurm', zone: 'fr-par-1' },
});

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
  next: () =>
    'Read the program’s own words above, free disk space if it names it, and run the command again.',
  example: { program: 'mcopy', words: 'Disk full' },
});

export const packageUnavailable = defineError<{ package: string; words: string }>({
  code: 'BF1932',
  title: 'A Debian package cannot be fetched',
  message: (f) => `apt cannot fetch ${f.package}: ${f.words}`,
  cause:
    'There is no network, the package mirror is down, or this is not a Debian whose archive has the package.',
  next: (f) => `Try it by hand: apt-get update && apt-get download ${f.package.split(',')[0] ?? ''}`,
  example: { package: 'linux-image-cloud-amd64', words: 'Unable to locate package linux-image-cloud-amd64' },
});

export const packageFileMissing = defineError<{ file: string; package: string }>({
  code: 'BF1933',
  title: 'A Debian package lacks a file',
  message: (f) => `package ${f.package} has no ${f.file}`,
  cause: 'Another release of Debian lays the package out differently, or the cached copy is damaged.',
  next: () =>
    'Delete the folder debian/ of the bootfleet cache and build again; on another release than Debian 12, Debian 13 and Ubuntu 24.04, report it.',
  example: { file: 'virtio_blk.ko', package: 'linux-image-6.1.0-56-cloud-amd64' },
});

export const stackUnreadable = defineError<{ stack: string; reason: string }>({
  code: 'BF1940',
  title: "Pulumi cannot read a stack's state",
  message: (f) => `the state of stack ${f.stack} cannot be read: ${f.reason}`,
  cause: 'The stack is kept elsewhere (PULUMI_BACKEND_URL), or its passphrase is another.',
  next: (f) =>
    `Try it by hand: pulumi stack export --stack ${f.stack}, in the environment of \`bootfleet env\``,
  example: { stack: 'local', reason: 'incorrect passphrase' },
});

export const stepFailed = defineError<{ step: string; how: string; again: string }>({
  code: 'BF1915',
  title: 'A step of the demo failed',
  message: (f) => `${f.step} failed (${f.how})`,
  cause: 'Its own message, above, says why. A signal in brackets: it was ended from outside.',
  next: (f) => `Run ${f.again} again: it goes on from where it stopped`,
  example: { step: 'pulumi up', how: 'status 255', again: 'npm run demo' },
});

export const programCutOff = defineError<{ missing: number; all: number; first: string }>({
  code: 'BF1920',
  title: "Pulumi's engine broke off the program",
  message: (f) =>
    `the program ended before ${f.missing} of its ${f.all} resources were registered (${f.first} is the first of them)`,
  cause:
    "Pulumi's engine ended the connection: after an error of a resource, which is shown too, or by itself. With status 0 it would delete what it was not told of.",
  next: () =>
    'Correct the other error, if one is shown, and run the command again: what was not registered yet was not deleted',
  example: { missing: 3, all: 20, first: 'rollout.gates.0' },
});

export const benchToolMissing = defineError<{ program: string; package: string }>({
  code: 'BF1941',
  title: 'A program that a benchmark needs is missing',
  message: (f) => `this benchmark needs ${f.program}, which is not installed: apt-get install ${f.package}`,
  cause: 'Benchmarks measure against programs that bootfleet itself does not need.',
  next: (f) => `Install it: apt-get install ${f.package}`,
  example: { program: 'rsync', package: 'rsync' },
});
