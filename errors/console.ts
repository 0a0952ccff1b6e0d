/** Errors BF1300 to BF1399: the serial console and iPXE dialogues. */
import { defineError } from './error.ts';

/** The console's last lines, set off from the sentence. `screen` holds lines separated by line feeds. */
function lastLines(screen: string): string {
  if (screen === '') return 'The console has shown nothing.';
  const quoted = screen
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');
  return `Its console's last lines:\n${quoted}`;
}

const screen = 'iPXE initialising devices...ok\niPXE>';

export const consoleUnreachable = defineError<{ line: string; reason: string }>({
  code: 'BF1300',
  title: 'A serial console could not be opened',
  message: (f) => `the ${f.line} could not be opened: ${f.reason}`,
  cause: 'The console gateway is not reachable from here, or the cloud is not running.',
  next: () =>
    'Check the network and, for the embedded cloud, `bootfleet local status`; then run the same command again.',
  example: { line: 'serial console of edge-1', reason: 'no answer within 10 s' },
});

export const consoleTicketRefused = defineError<{ line: string; reason: string }>({
  code: 'BF1301',
  title: 'The console gateway refused the ticket',
  message: (f) => `the gateway refused access to the ${f.line}: ${f.reason}`,
  cause:
    'The secret key is wrong or may not use this server, or the server belongs to another project or zone.',
  next: () => 'Check SCW_SECRET_KEY, the project and the zone of the stack.',
  example: { line: 'serial console of edge-1', reason: 'closed at once (1008 invalid ticket)' },
});

export const consoleDropped = defineError<{ line: string; reason: string }>({
  code: 'BF1302',
  title: 'A serial console was dropped',
  message: (f) => `the ${f.line} ended: ${f.reason}`,
  cause: 'The network or the gateway ended the connection, or the server was deleted.',
  next: () => 'Run the same command again: it finds out where the machine is and goes on from there.',
  example: { line: 'serial console of edge-1', reason: 'connection lost (1006)' },
});

export const consoleTimeout = defineError<{
  machine: string;
  doing: string;
  seconds: number;
  screen: string;
}>({
  code: 'BF1303',
  title: 'Something did not appear on a console in time',
  message: (f) =>
    `${f.machine}: ${f.doing}: nothing of the kind within ${f.seconds} s. ${lastLines(f.screen)}`,
  cause: 'The machine is slower than the deadline, hangs, or does something else; its last lines tell which.',
  next: (f) => `Look at what it shows now: bootfleet console ${f.machine}`,
  example: { machine: 'edge-1', doing: "waiting for iPXE's prompt", seconds: 60, screen },
});

export const consoleClosed = defineError<{ machine: string; doing: string; reason: string; screen: string }>({
  code: 'BF1304',
  title: 'A console ended in the middle of a dialogue',
  message: (f) => `${f.machine}: ${f.doing}: the console ended (${f.reason}). ${lastLines(f.screen)}`,
  cause: 'The machine was deleted, the cloud was stopped, or the connection was lost.',
  next: () => 'Run the same command again: it finds out where the machine is and goes on from there.',
  example: {
    machine: 'edge-1',
    doing: "waiting for iPXE's prompt",
    reason: 'connection lost (1006)',
    screen,
  },
});

export const lineNotEchoed = defineError<{ machine: string; line: string; attempts: number; screen: string }>(
  {
    code: 'BF1305',
    title: 'A typed line never came back as it was typed',
    message: (f) =>
      `${f.machine}: \`${f.line}\` was typed ${f.attempts} times; something came back each time, but not what was typed, so Enter was not sent. ` +
      lastLines(f.screen),
    cause:
      'What prints there reads no keys, as a system that boots; the line loses too much; or somebody else types on it. Its last lines tell which.',
    next: (f) => `Close other viewers of this console and see what it shows: bootfleet console ${f.machine}`,
    example: { machine: 'edge-1', line: 'dhcp', attempts: 12, screen },
  },
);

export const consoleSilent = defineError<{
  machine: string;
  doing: string;
  seconds: number;
  screen: string;
}>({
  code: 'BF1313',
  title: 'A console is silent',
  message: (f) =>
    `${f.machine}: ${f.doing}: not one character came from its console in ${f.seconds} s. ` +
    (f.screen === '' ? 'It has shown nothing before either.' : lastLines(f.screen)),
  cause:
    'The machine is off or its processor was stopped by its host, it hangs, or its firmware does not use the serial line.',
  next: () => 'See whether the cloud still calls it running, then run `pulumi up` again: bootfleet status',
  example: { machine: 'edge-1', doing: 'typing `dhcp`', seconds: 96, screen },
});

export const machineRestarted = defineError<{
  machine: string;
  command: string;
  sign: string;
  screen: string;
}>({
  code: 'BF1314',
  title: 'A machine restarted behind a command',
  message: (f) =>
    `${f.machine}: \`${f.command}\` did not end: the machine started anew behind it (\`${f.sign}\`). ${lastLines(f.screen)}`,
  cause:
    'The program that ran the command crashed, or somebody else reset the machine. What was set before it is lost.',
  next: (f) =>
    `Run \`pulumi up\` again: it begins from power-off. If it stays so, see where: bootfleet console ${f.machine} --replay`,
  example: { machine: 'edge-1', command: 'ls', sign: '>> OpenBSD/amd64 BOOT 3.67', screen: 'boot>' },
});

export const transcriptMissing = defineError<{ machine: string; folder: string }>({
  code: 'BF1307',
  title: 'There is no transcript',
  message: (f) => `there is no console transcript of ${f.machine} in ${f.folder}`,
  cause: 'No dialogue was held with this machine from this checkout, or BOOTFLEET_DATA points elsewhere.',
  next: (f) => `Attach to it live: bootfleet console ${f.machine}`,
  example: { machine: 'edge-1', folder: '.bootfleet/stacks/local/transcripts/edge-1' },
});

export const transcriptUnreadable = defineError<{ file: string; line: number; reason: string }>({
  code: 'BF1308',
  title: 'A transcript cannot be read',
  message: (f) => `${f.file}:${f.line} is not asciicast version 2: ${f.reason}`,
  cause: 'The file was edited, cut off by a full disk, or is no transcript.',
  next: (f) => `Remove it: ${f.file}`,
  example: { file: 'edge-1/2026-11-21T09-00-00Z-install.cast', line: 3, reason: 'not an event' },
});

export const serverUnknown = defineError<{ machine: string; stack: string; known: boolean; nearest: string }>(
  {
    code: 'BF1309',
    title: 'There is no such server to attach to',
    message: (f) =>
      f.known
        ? `${f.machine} is in the fleet file of stack ${f.stack}, but the cloud has no such server yet`
        : `there is no server ${f.machine} in stack ${f.stack}${f.nearest === '' ? '' : `; did you mean ${f.nearest}?`}`,
    cause: 'The name is misspelt, the server belongs to another stack, or `pulumi up` has not created it.',
    next: (f) => `See what there is: bootfleet status ${f.stack}`,
    example: { machine: 'edge-11', stack: 'local', known: false, nearest: 'edge-1' },
  },
);

export const ipxeNotAnswering = defineError<{ machine: string; seconds: number; screen: string }>({
  code: 'BF1310',
  title: 'iPXE does not answer',
  message: (f) => `${f.machine}: iPXE's prompt was not reached within ${f.seconds} s. ${lastLines(f.screen)}`,
  cause:
    'The machine does not boot from the network, its iPXE runs a script without a pause, or its console is not the serial line.',
  next: (f) => `See what it does when it starts: bootfleet console ${f.machine} --replay`,
  example: { machine: 'edge-1', seconds: 120, screen: 'Booting from Hard Disk...' },
});

export const networkNotConfigured = defineError<{
  machine: string;
  attempts: number;
  reason: string;
  screen: string;
}>({
  code: 'BF1311',
  title: 'DHCP failed in iPXE',
  message: (f) =>
    `${f.machine}: \`dhcp\` failed ${f.attempts === 1 ? 'once' : `${f.attempts} times`}: ${f.reason} ${lastLines(f.screen)}`,
  cause: 'The link is down, or no DHCP server answers on the network that the machine is attached to.',
  next: () => "Check the server's network and security group, then run the same command again.",
  example: {
    machine: 'edge-1',
    attempts: 3,
    reason: 'No DHCP server answered (https://ipxe.org/040ee119).',
    screen: 'Configuring (net0 52:54:00:12:34:56)...... No configuration methods succeeded',
  },
});

export const ipxeCommandFailed = defineError<{
  machine: string;
  command: string;
  reason: string;
  screen: string;
}>({
  code: 'BF1312',
  title: 'An iPXE command failed',
  message: (f) => `${f.machine}: \`${f.command}\`: ${f.reason} ${lastLines(f.screen)}`,
  cause: "iPXE's error number tells the place in its source; its page explains it.",
  next: () =>
    'Follow the link to the error, correct the address or the script, and run the same command again.',
  example: {
    machine: 'edge-1',
    command: 'chain http://192.0.2.1/x.ipxe',
    reason: 'The server has no such file (404) (https://ipxe.org/2d0c613b).',
    screen: 'http://192.0.2.1/x.ipxe... No such file or directory (http://ipxe.org/2d0c613b)',
  },
});

export const writerFailed = defineError<{ machine: string; reason: string; detail: string; screen: string }>({
  code: 'BF1320',
  title: 'Writing the disk failed',
  message: (f) =>
    `${f.machine}: the image was not written (${f.reason}): ${f.detail}. ${lastLines(f.screen)}`,
  cause:
    'The disk is too small, the image could not be read or is not the one named, or the disk does not keep what is written. ' +
    'The first megabyte is written last, so the machine does not boot a half-written disk.',
  next: () => 'Correct what the reason names and run `pulumi up` again; the disk is written from its start.',
  example: { machine: 'edge-1', reason: 'digest', detail: 'expected 5e88..., got 9f86...', screen: '' },
});

export const writerSilent = defineError<{ machine: string; seconds: number; phase: string; screen: string }>({
  code: 'BF1321',
  title: 'Writing the disk makes no progress',
  message: (f) =>
    `${f.machine}: no word from the flash writer for ${f.seconds} s (${f.phase}). ${lastLines(f.screen)}`,
  cause: 'The writer did not start, the connection to the image stands still, or the disk hangs.',
  next: () => 'Check that the machine reaches the object storage, then run `pulumi up` again.',
  example: { machine: 'edge-1', seconds: 120, phase: 'before its first line', screen: '' },
});

export const guestStopped = defineError<{ machine: string; what: string; screen: string }>({
  code: 'BF1322',
  title: 'The system stopped while booting and waits for a person',
  message: (f) => `${f.machine}: ${f.what}; it does not go on by itself. ${lastLines(f.screen)}`,
  cause:
    'A file system that it needs is missing, damaged or encrypted, or the image names another root device than this machine has.',
  next: (f) => `Answer it by hand, or correct the image: bootfleet console ${f.machine}`,
  example: {
    machine: 'edge-1',
    what: 'systemd stopped in its emergency mode',
    screen: 'You are in emergency mode.',
  },
});

export const guestCrashed = defineError<{ machine: string; what: string; screen: string }>({
  code: 'BF1330',
  title: 'The system crashed while booting',
  message: (f) => `${f.machine}: ${f.what} while booting. ${lastLines(f.screen)}`,
  cause:
    "The image does not run on this machine: a missing driver, a wrong root device, or a fault of the image's own.",
  next: (f) => `Read the whole boot: bootfleet console ${f.machine} --replay`,
  example: {
    machine: 'edge-1',
    what: 'kernel panic',
    screen: 'Kernel panic - not syncing: No working init found.',
  },
});

export const guestNotBooted = defineError<{ machine: string; what: string; seconds: number; screen: string }>(
  {
    code: 'BF1331',
    title: 'The system did not come up',
    message: (f) => `${f.machine}: ${f.what} (${f.seconds} s). ${lastLines(f.screen)}`,
    cause:
      'The disk holds no system that boots, the boot order is wrong, or the first boot takes longer than the deadline.',
    next: (f) => `Read the whole boot: bootfleet console ${f.machine} --replay`,
    example: {
      machine: 'edge-1',
      what: 'the firmware found nothing to boot',
      seconds: 20,
      screen: 'No bootable device.',
    },
  },
);

export const bootPromptMissing = defineError<{ machine: string; seconds: number; screen: string }>({
  code: 'BF1340',
  title: "The boot loader's prompt was not reached",
  message: (f) => `${f.machine}: no \`boot>\` prompt within ${f.seconds} s. ${lastLines(f.screen)}`,
  cause:
    'The machine was not restarted, its boot loader does not use the serial line, or it hangs before that.',
  next: (f) => `Restart the machine and watch it: bootfleet console ${f.machine}`,
  example: { machine: 'edge-1', seconds: 120, screen: 'Booting from Hard Disk...' },
});

export const bootCommandRefused = defineError<{
  machine: string;
  command: string;
  answer: string;
  screen: string;
}>({
  code: 'BF1341',
  title: 'The boot loader refused a command',
  message: (f) => `${f.machine}: \`${f.command}\` was answered with: ${f.answer}. ${lastLines(f.screen)}`,
  cause: 'The slot does not exist on this disk, or holds no system.',
  next: (f) => `Look at the slots by hand: bootfleet console ${f.machine}`,
  example: {
    machine: 'edge-1',
    command: 'set device hd0e',
    answer: 'unknown device',
    screen: 'boot> set device hd0e',
  },
});
