/** Errors BF1700 to BF1799: slot upgrades, waves and gates. */
import { defineError } from './error.ts';

export const policyInvalid = defineError<{ detail: string }>({
  code: 'BF1700',
  title: 'The rollout section is invalid',
  message: (f) => `the rollout cannot be planned: ${f.detail}`,
  cause: 'A wave, a duration, a window or a server name in the rollout section means nothing.',
  next: () => 'Correct the rollout section; docs/rollout.md has every setting with an example.',
  example: {
    detail:
      '"150%" is not a wave; write a number of at least 1, a percentage up to 100%, or a list of servers',
  },
});

export const agentFailed = defineError<{ machine: string; command: string; reason: string; detail: string }>({
  code: 'BF1701',
  title: 'A command on a machine failed',
  message: (f) => `${f.machine}: ${f.command} failed (${f.reason}): ${f.detail}`,
  cause:
    'The machine has no perl with Digest::SHA, is not laid out like resflash, or its disk or /cfg cannot be used.',
  next: (f) =>
    `Log in to ${f.machine} and look at \`mount\`, /cfg and /mbr/etc/boot.conf; then run \`pulumi up\` again.`,
  example: {
    machine: 'edge-1',
    command: 'observe',
    reason: 'no-slots',
    detail: '/ is /dev/vda1, which names no slot',
  },
});

export const machineLocked = defineError<{ machine: string; holder: string }>({
  code: 'BF1702',
  title: 'Another rollout holds a machine',
  message: (f) => `${f.machine} is being upgraded by somebody else: ${f.holder}`,
  cause: 'Two rollouts run at once, or one was killed less than `lockTimeout` ago.',
  next: (f) =>
    `Let the other rollout end, or wait until its lock on ${f.machine} is stale, then run \`pulumi up\` again.`,
  example: { machine: 'edge-1', holder: 'owner=ann host=laptop time=2026-11-21T09:00:00Z age=12' },
});

export const transferFailed = defineError<{ machine: string; reason: string; detail: string }>({
  code: 'BF1703',
  title: 'An image did not reach a machine whole',
  message: (f) => `${f.machine}: the image was not written (${f.reason}): ${f.detail}`,
  cause:
    'The connection was cut, the deadline passed, or what arrived is not the image. Nothing was made active.',
  next: () => 'Run `pulumi up` again: what arrived is not sent again.',
  example: {
    machine: 'edge-1',
    reason: 'disconnected',
    detail: 'the connection ended before the image was complete',
  },
});

export const unhealthy = defineError<{ machine: string; check: string; found: string; attempts: number }>({
  code: 'BF1704',
  title: 'A machine is unhealthy',
  message: (f) => `${f.machine}: ${f.check}: ${f.found} (${f.attempts} attempts)`,
  cause: 'The new build does not do its work, or the check asks for something that it never did.',
  next: (f) =>
    `Look at the build, or at the check; ${f.machine} is brought back to its old slot unless onFailure is hold.`,
  example: { machine: 'edge-1', check: 'http :80/health', found: 'status 503 instead of 200', attempts: 5 },
});

export const gateFailed = defineError<{ wave: string; why: string; table: string }>({
  code: 'BF1705',
  title: 'A wave failed',
  message: (f) => `${f.wave}: ${f.why}\n${f.table}`,
  cause:
    'More machines failed than `maxFailures` allows, or some were not started. Later waves were not begun.',
  next: () =>
    'Do what the table says for each machine, then run `pulumi up` again: everything that succeeded stays.',
  example: {
    wave: 'canary',
    why: '1 of 1 machines failed, allowed are 0',
    table: 'edge-1  canary  rolled-back  http :80/health: status 503',
  },
});

export const slotImageInvalid = defineError<{ image: string; detail: string }>({
  code: 'BF1706',
  title: 'A slot image cannot be used',
  message: (f) => `${f.image} cannot be used for an upgrade: ${f.detail}`,
  cause: 'The file is missing, damaged, not verified by its checksum file, or not a slot image.',
  next: (f) => `Build ${f.image} again, or correct \`fs\`, \`checksum\` and \`signature\` of the image.`,
  example: { image: 'images/edge.fs', detail: 'the file is empty' },
});

export const windowClosed = defineError<{ machine: string; hours: number }>({
  code: 'BF1707',
  title: 'No maintenance window is open',
  message: (f) =>
    `${f.machine} may only be touched in its maintenance window; the next opens in ${f.hours} h`,
  cause:
    'The rollout began outside of its `windows`, and they say `outside: fail` or the wait is longer than `longest`.',
  next: () => 'Run `pulumi up` again inside of the window.',
  example: { machine: 'edge-1', hours: 5.5 },
});

export const otherArchitecture = defineError<{ machine: string; detail: string }>({
  code: 'BF1708',
  title: 'A slot image is for another architecture than a machine',
  message: (f) => `${f.machine}: ${f.detail}`,
  cause: 'The `fs` of the image, or the image of the server, is the wrong one.',
  next: (f) => `Give ${f.machine} an image for its architecture. Nothing was written.`,
  example: { machine: 'edge-1', detail: 'the image is for i386, the machine is amd64' },
});

export const otherFamily = defineError<{ machine: string; detail: string }>({
  code: 'BF1709',
  title: 'A slot image is of another size family than a machine',
  message: (f) => `${f.machine}: ${f.detail}`,
  cause: 'The machine was installed from an `img` of another size than the one that this `fs` belongs to.',
  next: (f) =>
    `Build the image with the size that ${f.machine} was installed with, or reinstall it. Nothing was written.`,
  example: { machine: 'edge-1', detail: 'the image has 463470592 bytes, its slots 926941184' },
});

export const sameBuildOtherImage = defineError<{ machine: string; detail: string }>({
  code: 'BF1710',
  title: 'An image bears the build name of another',
  message: (f) => `${f.machine}: ${f.detail}`,
  cause:
    'The image was built again under its old name. It is sent to every machine that does not hold it: digests decide, not names.',
  next: () =>
    'Give each build a name of its own, so that people can tell them apart: in the file names, or as `images.<name>.build`.',
  example: {
    machine: 'edge-1',
    detail:
      'another image under the same build name 20261121_0900 (SHA-256 0a1b2c3d4e5f... -> 9f8e7d6c5b4a...)',
  },
});
