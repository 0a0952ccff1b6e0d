/** Errors BF1600 to BF1699: a machine over SSH and its metadata. */
import { defineError } from './error.ts';

export const sshUnreachable = defineError<{
  machine: string;
  address: string;
  seconds: number;
  last: string;
}>({
  code: 'BF1600',
  title: 'A machine does not answer over SSH',
  message: (f) =>
    `${f.machine} did not answer SSH at ${f.address} within ${f.seconds} s (last attempt: ${f.last})`,
  cause: 'It has not booted, its SSH server does not run, or a firewall or security group drops the port.',
  next: (f) => `Look at its serial console: bootfleet console ${f.machine}`,
  example: { machine: 'edge-1', address: '127.66.0.2:22', seconds: 120, last: 'ECONNREFUSED' },
});

export const hostKeyMismatch = defineError<{
  machine: string;
  address: string;
  expected: string;
  found: string;
}>({
  code: 'BF1601',
  title: "A machine's SSH host key is not the recorded one",
  message: (f) =>
    `${f.machine} at ${f.address} shows the SSH host key ${f.found}, but ${f.expected} is recorded; nothing was sent to it`,
  cause:
    'The machine was installed again outside of bootfleet, another machine has its address, or someone listens in.',
  next: (f) =>
    `Compare with the serial console: bootfleet console ${f.machine}; if you reinstalled it, give \`reinstall\` a new value`,
  example: {
    machine: 'edge-1',
    address: '127.66.0.2:22',
    expected: 'SHA256:uNiVztksCs',
    found: 'SHA256:47DEQpj8HB',
  },
});

export const sshRefused = defineError<{ machine: string; address: string; user: string; keyFile: string }>({
  code: 'BF1602',
  title: 'A machine refused the SSH key',
  message: (f) => `${f.machine} at ${f.address} refused the key ${f.keyFile} for user ${f.user}`,
  cause: "The image does not hold this key's public half for this user.",
  next: () => 'Correct `ssh.user` and `ssh.key` in the fleet file, or build the image with the public key',
  example: { machine: 'edge-1', address: '127.66.0.2:22', user: 'root', keyFile: 'keys/edge_ed25519' },
});

export const keyFileUnusable = defineError<{ keyFile: string; problem: string; remedy: string }>({
  code: 'BF1603',
  title: 'The SSH key file cannot be used',
  message: (f) => `SSH key ${f.keyFile}: ${f.problem}`,
  cause: 'The path is wrong, the file is not a private key that SSH reads, or others may read it.',
  next: (f) => f.remedy,
  example: {
    keyFile: 'keys/edge_ed25519',
    problem: 'others may read it (mode 0644)',
    remedy: 'chmod 600 keys/edge_ed25519',
  },
});

export const commandFailed = defineError<{ machine: string; command: string; how: string; said: string }>({
  code: 'BF1604',
  title: 'A command failed on a machine',
  message: (f) => `${f.machine}: ${f.command} ended with ${f.how}${f.said ? `: ${f.said}` : ''}`,
  cause: 'The program is missing in the image, or it says itself what is wrong.',
  next: (f) => `Log in and run it by hand, or look at the console: bootfleet console ${f.machine}`,
  example: {
    machine: 'edge-1',
    command: 'cat /resflash/BUILD',
    how: 'status 1',
    said: 'No such file or directory',
  },
});

export const commandTimedOut = defineError<{ machine: string; command: string; seconds: number }>({
  code: 'BF1605',
  title: 'A command on a machine did not end in time',
  message: (f) => `${f.machine}: ${f.command} did not end within ${f.seconds} s and was stopped`,
  cause: 'The machine is overloaded, or the program waits for something that does not come.',
  next: (f) => `Look at the machine: bootfleet console ${f.machine}`,
  example: { machine: 'edge-1', command: '/resflash/upgrade.sh', seconds: 600 },
});

export const connectionLost = defineError<{ machine: string; command: string; reason: string }>({
  code: 'BF1606',
  title: 'The SSH connection to a machine broke',
  message: (f) => `${f.machine}: the SSH connection broke during ${f.command} (${f.reason})`,
  cause: 'The network failed, or the machine went down.',
  next: () => 'Run the command again: it goes on from what the machine has',
  example: { machine: 'edge-1', command: '/resflash/upgrade.sh', reason: 'Keepalive timeout' },
});

export const noCommonAlgorithm = defineError<{
  machine: string;
  address: string;
  what: string;
  offered: string;
  known: string;
}>({
  code: 'BF1607',
  title: "A machine's SSH server and bootfleet have no algorithm in common",
  message: (f) =>
    `${f.machine} at ${f.address} answers SSH, but there is no ${f.what} in common: it offers ${f.offered}`,
  cause: 'Its SSH server is very old, or its sshd_config allows only few algorithms.',
  next: (f) => `Allow one of these in its sshd_config and restart its SSH server: ${f.known}`,
  example: {
    machine: 'edge-1',
    address: '127.66.0.2:22',
    what: 'cipher',
    offered: 'aes256-cbc',
    known: 'aes128-gcm@openssh.com, chacha20-poly1305@openssh.com, aes256-ctr',
  },
});

export const keyHasPassphrase = defineError<{ keyFile: string }>({
  code: 'BF1608',
  title: 'The SSH key has a passphrase',
  message: (f) => `SSH key ${f.keyFile} has a passphrase, which nobody is asked for`,
  cause: 'bootfleet logs in by itself, many times in one run, and uses no agent.',
  next: (f) =>
    `Make a key of its own for the fleet: ssh-keygen -t ed25519 -N '' -f ${f.keyFile}-fleet; or take the passphrase off: ssh-keygen -p -N '' -f ${f.keyFile}`,
  example: { keyFile: 'keys/edge_ed25519' },
});

export const noCommandRun = defineError<{ machine: string; command: string; said: string }>({
  code: 'BF1609',
  title: 'A login shell does not run commands',
  message: (f) =>
    `${f.machine}: the login shell did not run ${f.command}${f.said ? `: it said ${JSON.stringify(f.said)}` : ''}`,
  cause:
    'The shell is one that runs nothing (nologin, a menu), its start-up file ends it, a forced command is set for the key, or the machine has no `sh`.',
  next: (f) =>
    `Give the user of \`ssh.user\` a shell that runs \`sh -c\` (sh, ksh, bash, zsh, fish and csh do); look at the machine: bootfleet console ${f.machine}`,
  example: {
    machine: 'edge-1',
    command: 'cat /resflash/BUILD',
    said: 'This account is currently not available.',
  },
});
