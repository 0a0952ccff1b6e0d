/** Errors BF1200 to BF1299: boot scripts and boot modes. */
import { defineError } from './error.ts';

export const bootModeNotHere = defineError<{ machine: string; mode: string }>({
  code: 'BF1200',
  title: 'The boot mode is not in this version',
  message: (f) => `${f.machine}: boot mode ${f.mode} is not in this version`,
  cause: 'Only `ipxe-console` is implemented so far.',
  next: () => 'Use `boot: { mode: ipxe-console }` in the fleet file',
  example: { machine: 'edge-1', mode: 'rescue' },
});

export const diskTooSmall = defineError<{
  machine: string;
  image: string;
  imageBytes: number;
  diskBytes: number;
}>({
  code: 'BF1201',
  title: 'The disk is smaller than the image',
  message: (f) =>
    `${f.machine}: image ${f.image} has ${f.imageBytes} bytes, but the server's disk has ${f.diskBytes} only; nothing was changed`,
  cause: "The server type's disk is too small for this image, or the image was built for a larger one.",
  next: () => 'Choose a larger server type or root volume, or build a smaller image',
  example: { machine: 'edge-1', image: 'edge', imageBytes: 30000000000, diskBytes: 25000000000 },
});

export const bootArgumentWrong = defineError<{ machine: string; argument: string; problem: string }>({
  code: 'BF1202',
  title: 'An argument of a boot mode is not usable',
  message: (f) => `${f.machine}: ${f.argument}: ${f.problem}`,
  cause: 'The fleet file or the program passes a value that cannot work.',
  next: (f) => `Correct ${f.argument}`,
  example: { machine: 'edge-1', argument: 'scriptUrl', problem: 'not an http or https URL' },
});

export const noteUnreadable = defineError<{ machine: string; problem: string }>({
  code: 'BF1203',
  title: "The cloud's note about a machine is not understood",
  message: (f) => `${f.machine}: user data \`bootfleet\`: ${f.problem}; its disk was left alone`,
  cause: 'The note was edited, or written by a newer version of bootfleet.',
  next: () =>
    'Use the version that wrote it; or delete the user data `bootfleet` of the server, and the machine is installed anew',
  example: { machine: 'edge-1', problem: 'it is not JSON' },
});

export const neverBooted = defineError<{ machine: string; why: string; transcript: string }>({
  code: 'BF1204',
  title: 'A machine does not come up from its disk',
  message: (f) =>
    `${f.machine} was booted from its disk and did not come up: ${f.why}${f.transcript ? `; transcript: ${f.transcript}` : ''}`,
  cause: 'The image does not boot on this server type, or its network or SSH server does not start.',
  next: (f) =>
    `See the boot: bootfleet console ${f.machine} --replay; then correct the image and give \`reinstall\` a new value`,
  example: { machine: 'edge-1', why: 'no SSH within 420 s', transcript: '.bootfleet/local/edge-1.cast' },
});

export const wrongBuild = defineError<{ machine: string; expected: string; found: string }>({
  code: 'BF1205',
  title: 'A machine runs another build than was installed',
  message: (f) => `${f.machine} says build ${f.found || '(none)'}, but ${f.expected} was installed`,
  cause:
    'The image holds another /resflash/BUILD than its name says, or the machine booted from another disk.',
  next: () => 'Build the image again, or correct `build` of the image in the fleet file',
  example: { machine: 'edge-1', expected: '20261121_0900', found: '20261120_1700' },
});

export const bootLoops = defineError<{ machine: string; steps: number }>({
  code: 'BF1206',
  title: 'A machine does not stay as it is put',
  message: (f) => `${f.machine} is still not as it should be after ${f.steps} steps`,
  cause: 'Someone else, or another `pulumi up`, changes its power, boot type or user data at the same time.',
  next: (f) => `See who works on ${f.machine}, then run the command again`,
  example: { machine: 'edge-1', steps: 40 },
});

export const notReportedBooted = defineError<{
  machine: string;
  wanted: string;
  found: string;
  seconds: number;
}>({
  code: 'BF1207',
  title: 'A machine does not report its state',
  message: (f) =>
    `${f.machine} answers over SSH, but its state in the cloud is \`${f.found}\`, not \`${f.wanted}\`, after ${f.seconds} s`,
  cause: 'The image does not send `PATCH /state` to the metadata service, or sends something else.',
  next: () =>
    "Add the state signal to the image's start-up, or set `metadataState: ''` for an image that does not report itself",
  example: { machine: 'edge-1', wanted: 'booted', found: 'booting kernel', seconds: 120 },
});

export const wroteAnotherImage = defineError<{ machine: string; expected: string; found: string }>({
  code: 'BF1208',
  title: 'The writer wrote another image than was asked for',
  message: (f) => `${f.machine}: the writer wrote SHA-256 ${f.found}, but the image is ${f.expected}`,
  cause: 'The boot script belongs to another image.',
  next: () => 'Run `pulumi up` again; if it stays so, this is a bug of bootfleet: please report it',
  example: { machine: 'edge-1', expected: '9f86d081', found: '60303ae2' },
});

export const diskTooSmallForWriter = defineError<{ machine: string; image: string; detail: string }>({
  code: 'BF1209',
  title: 'No disk of the machine can hold the image',
  message: (f) => `${f.machine}: image ${f.image} does not fit: ${f.detail}; the disk was not written`,
  cause: "The server's disk is smaller than the image, or it has none.",
  next: () =>
    'Choose a larger server type or root volume, or build a smaller image; then run `pulumi up` again',
  example: { machine: 'edge-1', image: 'edge', detail: '/dev/vda has 134217728 bytes, the image 167772160' },
});

export const digestWrongWhileWriting = defineError<{ machine: string; image: string; detail: string }>({
  code: 'BF1210',
  title: 'The image that arrived on the machine is not the one that was sent',
  message: (f) =>
    `${f.machine}: image ${f.image} arrived wrong: ${f.detail}; the start of the disk was not written, so that it does not boot`,
  cause: 'The object in the storage was altered or is incomplete, or the network altered it on its way.',
  next: () => 'Run `pulumi refresh` and `pulumi up`: a wrong object is uploaded again',
  example: { machine: 'edge-1', image: 'edge', detail: 'digest: expected 9f86d081, got 60303ae2' },
});

export const imageNotFetched = defineError<{ machine: string; image: string; detail: string }>({
  code: 'BF1211',
  title: 'The machine cannot fetch the image',
  message: (f) => `${f.machine}: image ${f.image} could not be fetched: ${f.detail}`,
  cause: 'The object was deleted, or the object storage cannot be reached from the server.',
  next: () => 'Run `pulumi refresh` and `pulumi up`: a missing object is uploaded again',
  example: { machine: 'edge-1', image: 'edge', detail: 'HTTP status 404' },
});

export const scriptNotLoaded = defineError<{ machine: string; url: string; reason: string }>({
  code: 'BF1212',
  title: 'iPXE could not run the boot script',
  message: (f) => `${f.machine}: iPXE could not run ${f.url}: ${f.reason}`,
  cause:
    'The script or a file that it names was deleted, or the object storage cannot be reached from the server.',
  next: () => 'Run `pulumi refresh` and `pulumi up`: missing objects are published again',
  example: {
    machine: 'edge-1',
    url: 'http://169.254.42.2:40002/b/boot/0123456789abcdef.ipxe',
    reason: 'Not found',
  },
});

export const networkBootUnproven = defineError<{
  machine: string;
  proof: string;
  seconds: number;
  found: string;
  screen: string;
}>({
  code: 'BF1213',
  title: 'A machine that was booted from the network did not prove that it is up',
  message: (f) =>
    `${f.machine} was booted from the network and waited for ${f.proof} for ${f.seconds} s: ${f.found}\n${f.screen}`,
  cause:
    'What the script starts does not come up, takes longer, does not use the first serial line as its console, or the proof asks for something that it never shows.',
  next: (f) =>
    `See the boot: bootfleet console ${f.machine} --replay; then correct the script's arguments or the proof, or give it longer by \`within\``,
  example: {
    machine: 'live-1',
    proof: '/login: / on its console',
    seconds: 420,
    found: 'it did not show it',
    screen: 'Loading, please wait...',
  },
});

export const networkBootEnded = defineError<{ machine: string; transcript: string }>({
  code: 'BF1214',
  title: 'A machine that was booted from the network switched itself off',
  message: (f) =>
    `${f.machine} was booted from the network, was up, and is off${f.transcript ? `; transcript: ${f.transcript}` : ''}`,
  cause: 'What the script starts ends by itself, as an installer does.',
  next: () =>
    'Boot something that keeps running, or, after an installation, let the server boot from its disk',
  example: { machine: 'live-1', transcript: '.bootfleet/local/live-1.cast' },
});

export const scriptArgumentRefused = defineError<{ argument: string; value: string; problem: string }>({
  code: 'BF1271',
  title: 'A boot script argument is refused',
  message: (f) => `the boot script's argument ${f.argument} is refused: ${f.value}: ${f.problem}`,
  cause: 'iPXE has no quoting: such a value would become several words, or another command.',
  next: () => 'Use a value of visible ASCII characters without spaces; give each word as an item of its own.',
  example: { argument: 'arguments[0]', value: '"quiet && shell"', problem: 'it has white space' },
});

export const scriptUrlRefused = defineError<{ argument: string; value: string; problem: string }>({
  code: 'BF1272',
  title: 'A URL in a boot script is refused',
  message: (f) => `the boot script's argument ${f.argument} is refused: ${f.value}: ${f.problem}`,
  cause: 'iPXE loads files over http and https, and a boot script can be read by whoever knows its address.',
  next: () => 'Give an http or https URL without a user name or password.',
  example: {
    argument: 'url',
    value: '"ftp://example.org/x"',
    problem: 'iPXE on servers loads http and https, not ftp:',
  },
});

export const memdiskMissing = defineError<{ file: string }>({
  code: 'BF1273',
  title: 'memdisk is missing',
  message: (f) => `a boot script of kind iso needs memdisk, and ${f.file} does not exist`,
  cause: 'memdisk is part of syslinux, which is not installed here.',
  next: () => 'apt-get install syslinux-common, or give the path of memdisk as `memdisk`.',
  example: { file: '/usr/lib/syslinux/memdisk' },
});
