/** Errors BF1000 to BF1099: the fleet file and the stack. */
import { defineError } from './error.ts';

/** Where in a fleet file something is wrong; every problem of a fleet file carries it. */
// A type, not an interface: facts must have an index signature, which interfaces lack.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type Place = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted, with list positions from 0. Example: `servers.edge.tags[0]`. */
  readonly path: string;
};

const at = (f: Place): string => `${f.file}:${f.line}:${f.column}: ${f.path === '' ? 'the file' : f.path}`;
const place: Place = { file: 'stacks/local.fleet.yaml', line: 12, column: 5, path: 'servers.edge.type' };
const meant = (nearest: string): string => (nearest === '' ? '' : `Did you mean \`${nearest}\`? `);

export const fleetFileInvalid = defineError<{ file: string; count: number; problems: string }>({
  code: 'BF1000',
  title: 'A fleet file has problems',
  message: (f) => `${f.file} has ${f.count} ${f.count === 1 ? 'problem' : 'problems'}:\n\n${f.problems}\n`,
  cause: 'Each problem says its own above.',
  next: () => 'Correct them and run `bootfleet validate`. Nothing was changed in the cloud.',
  example: { file: 'stacks/local.fleet.yaml', count: 1, problems: 'BF1003: ...' },
});

export const fleetFileMissing = defineError<{ file: string; stack: string }>({
  code: 'BF1001',
  title: 'There is no fleet file for the stack',
  message: (f) => `stack ${f.stack} has no fleet file: ${f.file} does not exist`,
  cause:
    'The file of stack S is stacks/S.fleet.yaml, unless the configuration value bootfleet:fleetFile names another.',
  next: (f) =>
    `Write ${f.file} (stacks/local.fleet.yaml is an example), or: pulumi config set bootfleet:fleetFile PATH`,
  example: { file: 'stacks/staging.fleet.yaml', stack: 'staging' },
});

export const yamlInvalid = defineError<Place & { detail: string }>({
  code: 'BF1002',
  title: 'A fleet file is not YAML',
  message: (f) => `${f.file}:${f.line}:${f.column}: not valid YAML: ${f.detail}`,
  cause: 'Wrong indentation, a key that is there twice, a missing quote or bracket.',
  next: (f) => `Correct line ${f.line}, or the one before it.`,
  example: { ...place, path: '', detail: 'duplicated mapping key' },
});

export const unknownKey = defineError<Place & { key: string; known: string; nearest: string }>({
  code: 'BF1003',
  title: 'A fleet file has an unknown key',
  message: (f) => `${at(f)}: unknown key \`${f.key}\``,
  cause: 'A typo, a key at the wrong depth, or a key of another version of bootfleet.',
  next: (f) => `${meant(f.nearest)}Known here: ${f.known}.`,
  example: { ...place, path: 'servers.edge.tpye', key: 'tpye', known: 'count, image, type', nearest: 'type' },
});

export const wrongValue = defineError<
  Place & { found: string; expected: string; example: string; nearest: string }
>({
  code: 'BF1004',
  title: 'A value in a fleet file is wrong',
  message: (f) => `${at(f)}: found ${f.found}, expected ${f.expected}`,
  cause: 'The value has another type, form or range than this key takes.',
  next: (f) => `${meant(f.nearest)}Example: ${f.example}`,
  example: {
    ...place,
    path: 'servers.edge.count',
    found: '"three"',
    expected: 'a whole number, at least 0',
    example: 'count: 3',
    nearest: '',
  },
});

export const keyMissing = defineError<Place & { key: string; example: string }>({
  code: 'BF1005',
  title: 'A key is missing in a fleet file',
  message: (f) => `${at(f)}: the key \`${f.key}\` is missing`,
  cause: 'It has no default, because bootfleet cannot guess it.',
  next: (f) => `Add it. Example: ${f.example}`,
  example: { ...place, path: 'servers.edge', key: 'type', example: 'type: START1-XS' },
});

export const duplicateServer = defineError<Place & { server: string; first: number }>({
  code: 'BF1006',
  title: 'Two servers have one name',
  message: (f) =>
    `${at(f)}: this group makes server ${f.server} again; line ${f.first} has a group of that name already`,
  cause: 'Servers are called <group>-<number>, so each group needs a name of its own.',
  next: () => 'Rename one of the groups, or make it one group with a larger count.',
  example: { ...place, path: 'servers.edge', server: 'edge-1', first: 11 },
});

export const unknownImage = defineError<Place & { image: string; known: string; nearest: string }>({
  code: 'BF1007',
  title: 'A fleet file names an image that it does not define',
  message: (f) => `${at(f)}: there is no image \`${f.image}\``,
  cause: 'A typo, or the image is missing under `images`.',
  next: (f) => `${meant(f.nearest)}Images in this file: ${f.known}.`,
  example: { ...place, path: 'servers.edge.image', image: 'egde', known: 'edge', nearest: 'edge' },
});

export const fileMissing = defineError<Place & { given: string; resolved: string; nearest: string }>({
  code: 'BF1008',
  title: 'A file named in a fleet file is missing',
  message: (f) => `${at(f)}: ${f.given} does not exist or is not a file (looked at ${f.resolved})`,
  cause: 'Paths are relative to the fleet file. The file may not have been built yet.',
  next: (f) => `${meant(f.nearest)}Build the file, or correct the path.`,
  example: {
    ...place,
    path: 'images.edge.img',
    given: '../images/egde.img',
    resolved: '/home/me/fleet/images/egde.img',
    nearest: '../images/edge.img',
  },
});

export const unknownServerType = defineError<Place & { type: string; nearest: string }>({
  code: 'BF1009',
  title: 'A server type does not exist',
  message: (f) => `${at(f)}: there is no server type \`${f.type}\``,
  cause: 'A typo, or a type that bootfleet does not know yet.',
  next: (f) => `${meant(f.nearest)}The cloud's list: scw instance server-type list`,
  example: { ...place, type: 'START1-XL', nearest: 'START1-XS' },
});

export const wavesIncomplete = defineError<Place & { missing: string }>({
  code: 'BF1010',
  title: 'The waves of a rollout do not reach the whole fleet',
  message: (f) => `${at(f)}: no wave reaches ${f.missing}`,
  cause: 'Counts and percentages say how far a wave reaches; the last one must reach every server.',
  next: () => 'End the list with "100%". To leave servers out use `exclude`, to stop early `upTo`.',
  example: { ...place, path: 'rollout.waves', missing: 'edge-3' },
});

export const keyFileOpen = defineError<Place & { given: string; mode: string }>({
  code: 'BF1011',
  title: 'A private key can be read by others',
  message: (f) => `${at(f)}: the private key ${f.given} has mode ${f.mode}; others can read it`,
  cause: 'The file was copied or checked out without its permissions.',
  next: (f) => `chmod 600 ${f.given}`,
  example: { ...place, path: 'servers.edge.ssh.key', given: '../keys/edge_ed25519', mode: '0644' },
});

export const unknownServer = defineError<Place & { server: string; nearest: string }>({
  code: 'BF1012',
  title: 'A fleet file names a server that it does not define',
  message: (f) => `${at(f)}: there is no server \`${f.server}\``,
  cause: 'A typo, or the count of its group is too small. Servers are called <group>-<number>, from 1.',
  next: (f) => `${meant(f.nearest)}Groups and counts are under \`servers\`.`,
  example: { ...place, path: 'rollout.exclude[0]', server: 'egde-1', nearest: 'edge-1' },
});

export const checksumNeeded = defineError<Place>({
  code: 'BF1013',
  title: 'A signature without a checksum file',
  message: (f) => `${at(f)}: there is a signature but no checksum file that it could sign`,
  cause: 'signify signs the checksum file, and the checksum file proves the image.',
  next: () => 'Add `checksum`, the file that was signed.',
  example: { ...place, path: 'images.edge.signature' },
});

export const slotImageNeeded = defineError<Place & { group: string }>({
  code: 'BF1014',
  title: 'A pinned image cannot be rolled out',
  message: (f) => `${at(f)}: the pinned image ${f.group} has no \`fs\`, so nothing can be sent`,
  cause: 'A rollout writes one slot; it needs the file of one slot.',
  next: () => 'Add `fs` to the image, or remove the pin.',
  example: { ...place, path: 'rollout.pins.edge-3', group: 'edge-old' },
});

export const diskTooLarge = defineError<Place & { type: string; disk: number; largest: number }>({
  code: 'BF1015',
  title: 'A disk is larger than its server type allows',
  message: (f) => `${at(f)}: ${f.disk} GB, but a ${f.type} has at most ${f.largest} GB of local disk`,
  cause: 'Local disks are part of the server type.',
  next: (f) => `Leave \`disk\` out, take at most ${f.largest}, or choose a larger type.`,
  example: { ...place, path: 'servers.edge.disk', type: 'START1-XS', disk: 50, largest: 25 },
});

export const bootKeyMisplaced = defineError<Place & { key: string; script: string; known: string }>({
  code: 'BF1016',
  title: 'A key does not go with the boot script',
  message: (f) => `${at(f)}: \`${f.key}\` does not go with the boot script \`${f.script}\``,
  cause: 'Each boot script takes its own keys; this one would have no effect.',
  next: (f) => `Remove it, or choose another script. With \`${f.script}\` go: ${f.known}.`,
  example: {
    ...place,
    path: 'servers.live.boot.initrds',
    key: 'initrds',
    script: 'iso',
    known: 'url, proof, restart, waits',
  },
});

export const bootValueRefused = defineError<Place & { problem: string }>({
  code: 'BF1017',
  title: 'A value of a boot script or its proof cannot be used',
  message: (f) => `${at(f)}: ${f.problem}`,
  cause:
    'iPXE has no quoting, so each value must be one word to it; a pattern must be a regular expression that no line can keep busy for long.',
  next: () => 'Give each word as an item of its own, addresses as http or https URLs, without a password.',
  example: {
    ...place,
    path: 'servers.live.boot.arguments[0]',
    problem: '"quiet splash": it has white space',
  },
});

export const isoNeedsBios = defineError<Place & { type: string }>({
  code: 'BF1018',
  title: 'A server type cannot boot an ISO image',
  message: (f) => `${at(f)}: a ${f.type} has UEFI, and memdisk, which boots ISO images, needs a BIOS`,
  cause: 'memdisk answers the BIOS calls by which a CD is read. UEFI has none.',
  next: () => 'Use a START1 type, or boot the kernel of the CD by `script: kernel`.',
  example: { ...place, path: 'servers.live.boot.script', type: 'DEV1-S' },
});

export const notUpgradable = defineError<Place & { server: string }>({
  code: 'BF1019',
  title: 'A rollout names a server that has no slots',
  message: (f) => `${at(f)}: ${f.server} boots from the network and has no slots to upgrade`,
  cause: 'Rollouts write slots of disks. What boots from the network changes with its boot script.',
  next: (f) => `Take ${f.server} out of the rollout. To boot it again change its \`restart\`.`,
  example: { ...place, path: 'rollout.exclude[0]', server: 'live-1' },
});

export const buildContradicted = defineError<Place & { build: string; fs: string; named: string }>({
  code: 'BF1020',
  title: 'A slot image is called after another build than the fleet file says',
  message: (f) => `${at(f)}: ${f.fs} is called after build ${f.named}, not ${f.build}`,
  cause: '`build` was left as it was when `fs` was changed, or the file has the wrong name.',
  next: (f) => `Remove \`build\` to take ${f.named}, or give the file the name of its build.`,
  example: {
    ...place,
    path: 'images.edge.build',
    build: '20261121_0900',
    fs: '../images/edge-20261122_0900.fs',
    named: '20261122_0900',
  },
});

export const withoutSlotImage = defineError<Place & { server: string; image: string }>({
  code: 'BF1021',
  title: 'A rollout names a server whose image has no `fs`',
  message: (f) =>
    `${at(f)}: ${f.server} has the image ${f.image}, which has no \`fs\`, so nothing upgrades it`,
  cause:
    'A rollout sends the image of one slot. Servers whose image has none are installed and never upgraded.',
  next: (f) => `Add \`fs\` to images.${f.image}, or take ${f.server} out of the rollout.`,
  example: { ...place, path: 'rollout.exclude[0]', server: 'edge-1', image: 'edge' },
});

export const waveMeaningless = defineError<Place & { problem: string }>({
  code: 'BF1022',
  title: 'The waves of a rollout cannot be meant',
  message: (f) => `${at(f)}: ${f.problem}`,
  cause:
    'Counts are so many servers more, percentages how much of the fleet is reached after the wave, so each is larger ' +
    'than the one before. Each server is in one wave, and the first wave is the canary.',
  next: () => 'Correct the waves. Example: waves: [1, 50%, 100%]',
  example: {
    ...place,
    path: 'rollout.waves[1]',
    problem: 'the wave 25% comes after one of 50%, which reaches as far already',
  },
});

export const fleetFileUnreadable = defineError<{ file: string; code: string }>({
  code: 'BF1023',
  title: 'A fleet file cannot be read',
  message: (f) => `${f.file} cannot be read (${f.code})`,
  cause: 'It belongs to another user (EACCES), or it is a folder (EISDIR).',
  next: (f) => `Look at it: ls -ld ${f.file}`,
  example: { file: 'stacks/local.fleet.yaml', code: 'EACCES' },
});

export const notUtf8 = defineError<Place & { detail: string }>({
  code: 'BF1024',
  title: 'A fleet file is not UTF-8',
  message: (f) => `${f.file}:${f.line}:${f.column}: expected text in UTF-8, but ${f.detail}`,
  cause: 'It was saved by an editor in another encoding, or it is no text at all.',
  next: (f) => `Save ${f.file} as UTF-8.`,
  example: { ...place, path: '', detail: 'a byte is not UTF-8' },
});

export const fleetFileTooLarge = defineError<Place & { detail: string }>({
  code: 'BF1025',
  title: 'A fleet file stands for too much',
  message: (f) => `${f.file}:${f.line}:${f.column}: ${f.detail}`,
  cause: 'It is another file than meant, or its aliases (`*name`) hold each other.',
  next: () =>
    'Write a fleet file of at most 1 MB, and aliases of small things: `ssh: &login { key: ../keys/edge }`, `ssh: *login`.',
  example: { ...place, path: '', detail: 'the alias *t is inside of what it stands for' },
});

export const moreProblems = defineError<Place & { more: number }>({
  code: 'BF1026',
  title: 'A fleet file has more problems than are shown',
  message: (f) => `${f.file}:${f.line}:${f.column}: and ${f.more} more from here on`,
  cause: 'One mistake often causes many: a key at the wrong depth, a list in the place of a group.',
  next: () => 'Correct those above and run `bootfleet validate` again.',
  example: { ...place, path: '', more: 12 },
});

export const tagNotYours = defineError<Place & { tag: string; reserved: string }>({
  code: 'BF1027',
  title: 'A tag in a fleet file is one of those that bootfleet sets',
  message: (f) => `${at(f)}: the tag ${f.tag} is reserved (\`${f.reserved}\`)`,
  cause: 'bootfleet finds the servers of a fleet by its own tags, and removes servers by them.',
  next: () => 'Take another word. Example: tags: [team-blue]',
  example: { ...place, path: 'servers.edge.tags[0]', tag: 'fleet:other', reserved: 'fleet:' },
});

export const tagReserved = defineError<{ tag: string }>({
  code: 'BF1028',
  title: 'A tag is one of those that bootfleet sets',
  message: (f) => `the tag ${f.tag} is reserved`,
  cause: 'bootfleet finds the servers of a fleet by its own tags, and removes servers by them.',
  next: (f) => `Give the fleet another tag than ${f.tag}.`,
  example: { tag: 'fleet:other' },
});

export const fleetTooLarge = defineError<Place & { servers: number; most: number }>({
  code: 'BF1029',
  title: 'A fleet has more servers than bootfleet takes',
  message: (f) =>
    `${at(f)}: with this group the fleet has ${f.servers} servers, expected are at most ${f.most}`,
  cause: 'A number has a digit too many, or the fleet should be several.',
  next: () => 'Correct `count`, or divide the fleet into stacks, each with its own file.',
  example: { ...place, path: 'servers.edge.count', servers: 12000, most: 10000 },
});

export const fileUnreachable = defineError<Place & { given: string; resolved: string; code: string }>({
  code: 'BF1030',
  title: 'A file named in a fleet file cannot be read',
  message: (f) => `${at(f)}: ${f.given} cannot be read (${f.code}, at ${f.resolved})`,
  cause:
    'A folder on the way belongs to another user (EACCES), the name is too long, or links go in a circle.',
  next: () => 'Correct the path, or the rights of the file and of the folders on the way.',
  example: {
    ...place,
    path: 'images.edge.img',
    given: '../images/edge.img',
    resolved: '/home/me/fleet/images/edge.img',
    code: 'EACCES',
  },
});

export const settingsUnreadable = defineError<{ file: string; reason: string }>({
  code: 'BF1031',
  title: "A file of Pulumi's settings cannot be read",
  message: (f) => `${f.file} cannot be read: ${f.reason}`,
  cause: 'It is no YAML, belongs to another user (EACCES), or is a folder (EISDIR).',
  next: (f) => `Correct it, or look at it: ls -ld ${f.file}`,
  example: { file: 'stacks/Pulumi.local.yaml', reason: 'line 3, column 1: duplicated mapping key' },
});

export const systemRefused = defineError<{ call: string; file: string; code: string }>({
  code: 'BF1032',
  title: 'The operating system refused a file',
  message: (f) => `${f.file === '' ? 'a file' : f.file}: ${f.call} failed (${f.code})`,
  cause:
    'It belongs to another user (EACCES, EPERM), the disk is full (ENOSPC) or read-only (EROFS), or something else lies there.',
  next: (f) => (f.file === '' ? 'Look at the free space: df -h' : `Look at it: ls -ld ${f.file}`),
  example: { call: 'open', file: '/home/me/fleet/.bootfleet/stacks/local', code: 'EACCES' },
});

export const homeUnknown = defineError<{ user: number }>({
  code: 'BF1033',
  title: 'There is no home directory',
  message: (f) => `user ${f.user} has no home directory: HOME is not set, and /etc/passwd names none`,
  cause:
    'A container or a service runs as a user without an entry in /etc/passwd, and with an empty environment.',
  next: () => 'Set it to a folder that this user may write: export HOME=/var/lib/bootfleet',
  example: { user: 4711 },
});

export const diskOutlivesServer = defineError<{ machine: string; from: string; to: string }>({
  code: 'BF1036',
  title: 'Another type for a server whose disk an earlier version made',
  message: (f) =>
    `${f.machine} cannot go from ${f.from} to ${f.to} yet: its disk was made by an earlier version of bootfleet, and would not be replaced with it`,
  cause:
    'A local disk goes with its server. Since this version the state says so of each disk, but it has to say it before the type changes.',
  next: (f) =>
    `Put the type ${f.from} back, run \`pulumi up\` once, which changes no machine, and change the type then`,
  example: { machine: 'edge-1', from: 'START1-XS', to: 'DEV1-S' },
});
