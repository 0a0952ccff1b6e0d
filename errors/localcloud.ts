/** Errors BF1800 to BF1899: the embedded cloud. */
import { refusalCode } from '../contracts/refused-start.ts';
import { defineError } from './error.ts';

export const alreadyRunning = defineError<{ folder: string; pid: number | undefined }>({
  code: 'BF1800',
  title: 'The embedded cloud already runs',
  message: (f) =>
    `another embedded cloud holds ${f.folder}${f.pid === undefined ? '' : ` (process ${f.pid})`}`,
  cause: 'One daemon serves one data folder, so that two never write the same disks.',
  next: () =>
    'Use it as it is (bootfleet local status), stop it first, or set BOOTFLEET_HOME to another folder',
  example: { folder: '/root/.local/share/bootfleet/localcloud', pid: 4711 },
});

export const portTaken = defineError<{ port: number; address: string; what: string }>({
  code: 'BF1801',
  title: 'A port of the embedded cloud is taken',
  message: (f) => `${f.address}:${f.port} (${f.what}) is in use by another program`,
  cause:
    'Ports are kept from start to start because boot scripts hold them; something else listens there now.',
  next: (f) =>
    `Stop what listens there (ss -ltnp 'sport = :${f.port}'), or choose: bootfleet local start --port <port>`,
  example: { port: 40001, address: '127.0.0.1', what: 'API' },
});

export const startFailed = defineError<{ folder: string; problem: string; log: string }>({
  code: 'BF1802',
  title: 'The embedded cloud did not start',
  message: (f) => `the embedded cloud in ${f.folder} did not start: ${f.problem}`,
  cause: 'The daemon ended, or was not ready in time.',
  next: (f) => `Read its last words: bootfleet local logs (${f.log})`,
  example: {
    folder: '/root/.local/share/bootfleet/localcloud',
    problem: 'process ended with status 1',
    log: '/root/.local/share/bootfleet/localcloud/daemon.out',
  },
});

export const stopFailed = defineError<{ processes: string; seconds: number }>({
  code: 'BF1803',
  title: 'Processes of the embedded cloud are left',
  message: (f) => `still running after ${f.seconds} s: ${f.processes}`,
  cause: 'A process does not end, for instance because it waits for a disk.',
  next: (f) =>
    `Look at them (ps -fp <pid>), end them, then run \`bootfleet local stop\` again: ${f.processes}`,
  example: { processes: 'qemu-system-x86_64 (4712)', seconds: 30 },
});

export const addressesExhausted = defineError<{ claimed: number }>({
  code: 'BF1804',
  title: 'No address is left for a server',
  message: (f) =>
    `all addresses of 127.66.0.0/16 are taken (${f.claimed} blocks of 254 are claimed on this machine)`,
  cause: 'Every public IP of every embedded cloud of this machine has an address of its own.',
  next: () =>
    'Delete IPs that are not needed, or reset embedded clouds that are not used: bootfleet local reset',
  example: { claimed: 256 },
});

export const settingsBad = defineError<{ file: string; problem: string }>({
  code: 'BF1805',
  title: "The embedded cloud's settings cannot be read",
  message: (f) => `${f.file}: ${f.problem}`,
  cause: 'The file was edited by hand or belongs to another version.',
  next: () => 'Correct it, or start anew and lose all servers of this embedded cloud: bootfleet local reset',
  example: { file: '/root/.local/share/bootfleet/localcloud/settings.json', problem: 'it is not JSON' },
});

export const stateUnreadable = defineError<{ file: string; line: number; problem: string }>({
  code: 'BF1806',
  title: "The embedded cloud's state is damaged",
  message: (f) => `${f.file}, line ${f.line}: ${f.problem}`,
  cause: 'A line in the middle of the journal is not whole; a killed daemon damages the last line at most.',
  next: () => 'Restore the file from a copy, or start anew and lose all servers: bootfleet local reset',
  example: {
    file: '/root/.local/share/bootfleet/localcloud/state.jsonl',
    line: 3,
    problem: 'Unexpected end of JSON input',
  },
});

export const notRunning = defineError<{ folder: string }>({
  code: 'BF1807',
  title: 'The embedded cloud does not run',
  message: (f) => `no embedded cloud serves ${f.folder}`,
  cause: 'It was never started, was stopped, or BOOTFLEET_HOME names another folder.',
  next: () => 'Start it: bootfleet local start',
  example: { folder: '/root/.local/share/bootfleet/localcloud' },
});

export const acceleratorUnknown = defineError<{ value: string; known: string }>({
  code: 'BF1808',
  title: 'BOOTFLEET_ACCELERATOR has an unknown value',
  message: (f) => `BOOTFLEET_ACCELERATOR is '${f.value}', which is none of ${f.known}`,
  cause:
    'The variable says how processors of virtual machines run: by KVM, emulated (tcg), or as a probe decides (auto).',
  next: () => 'Let the probe decide: unset BOOTFLEET_ACCELERATOR',
  example: { value: 'hvf', known: 'auto, kvm, tcg' },
});

export const acceleratorUnusable = defineError<{ machines: string; reason: string }>({
  code: 'BF1809',
  title: 'KVM was demanded and does not work',
  message: (f) => `BOOTFLEET_ACCELERATOR is 'kvm', but ${f.machines} cannot run under it: ${f.reason}`,
  cause:
    'A machine under KVM has to reach the prompt of iPXE and to answer a typed line. In some nested virtual machines it does not.',
  next: () => 'Let the probe decide (unset BOOTFLEET_ACCELERATOR), or emulate: BOOTFLEET_ACCELERATOR=tcg',
  example: {
    machines: 'machines with a BIOS',
    reason: 'KVM does not work here (the processor stopped at the prompt of iPXE: QEMU cannot go on)',
  },
});

export const stateIncomplete = defineError<{ file: string; problem: string }>({
  code: 'BF1820',
  title: "A part of the embedded cloud's state is gone",
  message: (f) => `${f.file}: ${f.problem}`,
  cause:
    'The file was emptied, cut or replaced. Started like this, the embedded cloud would not know its servers and disks.',
  next: () =>
    'Put the file back from a copy. Without one: keep what you need of volumes/ beside it, then start anew: bootfleet local reset',
  example: {
    file: '/root/.local/share/bootfleet/localcloud/state.jsonl',
    problem: 'its first line is missing',
  },
});

export const machinesUnknown = defineError<{ folder: string; machines: string }>({
  code: 'BF1821',
  title: 'Machines run that the embedded cloud does not know',
  message: (f) => `machines of ${f.folder} run without a record in its state: ${f.machines}`,
  cause:
    "The end of the state's file is gone: the embedded cloud never ends a server's record before its machine.",
  next: () =>
    'Put state.jsonl back from a copy. Without one, end these machines with `bootfleet local stop` and start again: their disks are then set aside',
  example: {
    folder: '/root/.local/share/bootfleet/localcloud',
    machines: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10',
  },
});

export const machineStoppedByHost = defineError<{ machine: string; why: string }>({
  code: 'BF1842',
  title: 'A machine was stopped by its host',
  message: (f) => `the host of ${f.machine} stopped its processor: ${f.why}`,
  cause:
    'Not the system in the machine but the machine under it cannot go on. It is on, shows nothing more, and stays so until it is switched off and on.',
  next: () =>
    'Remove the cause that is named, then run `pulumi up --refresh`: the refresh finds that the machine does not run, and it is started anew',
  example: {
    machine: 'edge-1',
    why: 'a disk of it could not be written: no space is left on the host',
  },
});

export const hostFull = defineError<{ machine: string; what: string; needed: number; available: number }>({
  code: refusalCode,
  title: 'The host has no room for one more machine',
  message: (f) =>
    `server ${f.machine} was not switched on: it needs ${f.needed} MiB of ${f.what}, and this host has ${f.available} MiB left`,
  cause:
    'A machine needs its whole memory and some for QEMU; and below 512 MiB of free disk the next write of any machine may fail.',
  next: () => 'Make room (free -m; df -h), or switch other servers off; then run the same command again',
  example: { machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10', what: 'memory', needed: 704, available: 310 },
});

export const startRefused = defineError<{ machine: string; why: string }>({
  code: 'BF1844',
  title: 'A machine was not switched on: its host has no room',
  message: (f) => `the host of ${f.machine} refused to switch it on: ${f.why}`,
  cause: 'The host of the embedded cloud has too little memory or disk for one more machine.',
  next: () =>
    'Make room on it (free -m; df -h), or switch other servers off; then run the same command again',
  example: {
    machine: 'edge-1',
    why: 'it needs 704 MiB of memory, and this host has 310 MiB left',
  },
});

export const machineNotStarted = defineError<{ machine: string; how: string; said: string }>({
  code: 'BF1830',
  title: 'A machine of the embedded cloud did not start',
  message: (f) => `QEMU for server ${f.machine} ${f.how}; it said: ${f.said}`,
  cause: 'QEMU refused its arguments or its files, or the host has no memory left.',
  next: () => "QEMU's words name the file or setting; see also: bootfleet local logs",
  example: {
    machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10',
    how: 'ended with status 1',
    said: "Could not open '/data/disk.raw': Permission denied",
  },
});

export const qemuMissing = defineError<{ program: string }>({
  code: 'BF1831',
  title: 'QEMU is not installed',
  message: (f) => `${f.program} was not found on PATH`,
  cause: 'The embedded cloud runs each server as a QEMU virtual machine.',
  next: () => 'Install it: apt-get install qemu-system-x86 ipxe-qemu ovmf socat',
  example: { program: 'qemu-system-x86_64' },
});

export const firmwareMissing = defineError<{ file: string; package: string }>({
  code: 'BF1832',
  title: 'Firmware for virtual machines is not installed',
  message: (f) => `${f.file} was not found`,
  cause: "QEMU's firmware comes in packages of its own.",
  next: (f) => `Install it: apt-get install ${f.package}`,
  example: { file: '/usr/share/OVMF/OVMF_CODE_4M.fd', package: 'ovmf' },
});

export const addressTaken = defineError<{ machine: string; address: string }>({
  code: 'BF1833',
  title: "A port of a server's address is taken",
  message: (f) =>
    `server ${f.machine} cannot have ${f.address}: another program listens there, or the port may not be bound`,
  cause:
    'Something listens on all addresses of this port, another embedded cloud uses the address, or low ports need root.',
  next: (f) =>
    `See who has it: ss -ltnp | grep ':${f.address.split(':')[1] ?? ''}'; end it, or set another port offset`,
  example: { machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10', address: '127.66.0.2:22' },
});

export const diskInUse = defineError<{ machine: string; said: string }>({
  code: 'BF1834',
  title: "A server's disk is used by another process",
  message: (f) => `the disk of server ${f.machine} is locked by another process; QEMU said: ${f.said}`,
  cause: 'Another QEMU, perhaps of an embedded cloud that was killed, still runs with this disk.',
  next: () => 'Find it (pgrep -a qemu-system) and end it, or run: bootfleet local stop',
  example: {
    machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10',
    said: 'Failed to get "write" lock. Is another process using the image [/data/disk.raw]?',
  },
});

export const machineStateWrong = defineError<{ machine: string; wanted: string; state: string }>({
  code: 'BF1835',
  title: 'A machine is not in the state that an action needs',
  message: (f) => `server ${f.machine} is ${f.state}, so it cannot be ${f.wanted}`,
  cause: 'Two actions met, or the machine ended by itself in between.',
  next: () => 'Look at it again (bootfleet status), then repeat the action if it is still wanted',
  example: { machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10', wanted: 'started', state: 'running' },
});

export const machineTypeUnknown = defineError<{ machine: string; type: string; known: string }>({
  code: 'BF1836',
  title: 'The embedded cloud does not have this server type',
  message: (f) => `server ${f.machine} has type ${f.type}; the embedded cloud can start ${f.known}`,
  cause: 'Only a few types are modelled, each with the firmware of its real counterpart.',
  next: (f) => `Use one of: ${f.known}`,
  example: { machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10', type: 'GP1-XL', known: 'START1-XS, DEV1-S' },
});

export const rescueMissing = defineError<{ machine: string; reason: string }>({
  code: 'BF1837',
  title: 'The embedded cloud has no rescue system',
  message: (f) => `server ${f.machine} cannot boot a rescue system: ${f.reason}`,
  cause: 'The stand-in of a rescue system is built from Debian packages when a server first boots from it.',
  next: () =>
    'See why with `node guest/rescue/build.ts`, or boot from the disk or the network, which need none',
  example: { machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10', reason: 'BF1932: apt cannot get dropbear-bin' },
});

export const socketPathTooLong = defineError<{ path: string; bytes: number; most: number }>({
  code: 'BF1838',
  title: "The embedded cloud's data folder has too long a path",
  message: (f) => `${f.path} has ${f.bytes} bytes; the path of a Unix socket may have ${f.most}`,
  cause:
    'Each machine is steered through Unix sockets in the data folder, and their paths are limited (unix(7)).',
  next: () => 'Set BOOTFLEET_HOME to a shorter path',
  example: { path: '/a/very/long/path/localcloud/machines/6f0e2b0c/qmp', bytes: 120, most: 107 },
});

export const powerNotCut = defineError<{ machine: string; pid: number; seconds: number }>({
  code: 'BF1839',
  title: "A machine's process does not end",
  message: (f) =>
    `QEMU of server ${f.machine} (process ${f.pid}) was killed but is still there after ${f.seconds} s`,
  cause: 'It waits inside the kernel, usually for a disk that does not answer.',
  next: (f) => `Look at it: cat /proc/${f.pid}/stack; free space and a working disk usually let it end`,
  example: { machine: '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10', pid: 4712, seconds: 20 },
});

export const storageMissing = defineError<{ looked: string }>({
  code: 'BF1840',
  title: 'The object storage server is not installed',
  message: (f) => `versitygw was found neither on PATH nor at ${f.looked}`,
  cause: 'The embedded cloud keeps objects in versitygw, which the set-up provides.',
  next: () => 'Run the set-up once: npm run setup',
  example: { looked: '/root/.cache/bootfleet/tools/versitygw-1.8.0/versitygw' },
});

export const storageNotStarted = defineError<{ problem: string; said: string; log: string }>({
  code: 'BF1841',
  title: 'The object storage did not start',
  message: (f) => `versitygw ${f.problem}; it said: ${f.said}`,
  cause: 'Its port is taken, its folder cannot be written, or the program is broken.',
  next: (f) => `Read ${f.log}, then start again: bootfleet local start`,
  example: {
    problem: 'ended with status 1',
    said: 'address already in use',
    log: '/root/.local/share/bootfleet/localcloud/storage/versitygw.log',
  },
});
