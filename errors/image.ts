/** Errors BF1100 to BF1199: image artifacts (files, checksums, signatures, upload). */
import { defineError } from './error.ts';
import type { Place } from './fleet-file.ts';

export const imageFileMissing = defineError<{ artifact: string; what: string; file: string }>({
  code: 'BF1101',
  title: 'A file of an image is missing',
  message: (f) => `image ${f.artifact}: the ${f.what} ${f.file} does not exist or is not a file`,
  cause: 'The path is wrong, or the file was not built yet. Paths in a fleet file are relative to that file.',
  next: (f) => `Build the image or correct the path ${f.file}.`,
  example: { artifact: 'edge', what: 'img', file: 'images/edge-20261121_0900.img' },
});

export const imageUnreadable = defineError<{ artifact: string; file: string; detail: string }>({
  code: 'BF1102',
  title: 'A file of an image cannot be read',
  message: (f) => `image ${f.artifact}: ${f.file} cannot be read: ${f.detail}`,
  cause: 'The permissions forbid it, the disk has errors, or a compressed file is damaged or cut short.',
  next: (f) => `Try \`gzip -t\` or \`zstd -t\` on ${f.file}, or build or download it again.`,
  example: { artifact: 'edge', file: 'images/edge.img.gz', detail: 'unexpected end of file' },
});

export const imageTooShort = defineError<{ artifact: string; file: string; size: number; needed: number }>({
  code: 'BF1103',
  title: 'An image is shorter than its partition table says',
  message: (f) =>
    `image ${f.artifact}: ${f.file} holds ${f.size} bytes, but its partition table reaches to byte ${f.needed}`,
  cause: 'The file was cut short by a full disk or a broken download.',
  next: (f) => `Build or download ${f.file} again and compare its checksum.`,
  example: { artifact: 'edge', file: 'images/edge.img', size: 1048576, needed: 167772160 },
});

export const imageLayoutInvalid = defineError<{ artifact: string; file: string; detail: string }>({
  code: 'BF1104',
  title: 'The partition table of an image is invalid',
  message: (f) => `image ${f.artifact}: ${f.file} is not a disk that can boot: ${f.detail}`,
  cause: 'The file is not a whole-disk image (a `.fs`, an archive, an installer?), or it is damaged.',
  next: () => 'Give the whole-disk file as `img`; a single file system belongs to `fs`.',
  example: { artifact: 'edge', file: 'images/edge.img', detail: 'no partition table' },
});

export const slotTooSmall = defineError<{
  artifact: string;
  fs: string;
  size: number;
  slot: string;
  slotSize: number;
}>({
  code: 'BF1105',
  title: 'A slot image does not fit its slot',
  message: (f) =>
    `image ${f.artifact}: ${f.fs} holds ${f.size} bytes, but slot ${f.slot} of its img has room for ${f.slotSize}`,
  cause: 'img and fs come from builds of different sizes.',
  next: () => 'Give the img and fs of one build, or build both with the same size.',
  example: { artifact: 'edge', fs: 'images/edge.fs', size: 67108864, slot: 'd', slotSize: 33554432 },
});

export const checksumMismatch = defineError<{
  artifact: string;
  file: string;
  checksumFile: string;
  algorithm: string;
  expected: string;
  found: string;
}>({
  code: 'BF1106',
  title: 'A checksum does not match',
  message: (f) =>
    `image ${f.artifact}: ${f.algorithm} of ${f.file} is ${f.found}, but ${f.checksumFile} says ${f.expected}`,
  cause: 'The file was damaged or exchanged, or the checksum file belongs to another build.',
  next: (f) => `Build or download ${f.file} and ${f.checksumFile} again, from one build.`,
  example: {
    artifact: 'edge',
    file: 'images/edge.fs',
    checksumFile: 'images/edge.fs.cksum',
    algorithm: 'SHA512',
    expected: '9f8e7d6c5b4a',
    found: '0a1b2c3d4e5f',
  },
});

export const checksumFileInvalid = defineError<{ artifact: string; checksumFile: string; detail: string }>({
  code: 'BF1107',
  title: 'A checksum file cannot be used',
  message: (f) => `image ${f.artifact}: the checksum file ${f.checksumFile} cannot be used: ${f.detail}`,
  cause: 'It is not a checksum file, or it names other files than the ones of this image.',
  next: () =>
    'Known forms: `SHA512 (name) = hex`, `SHA256 (name) = hex`, `hex  name`, or the bare hex digits.',
  example: { artifact: 'edge', checksumFile: 'images/edge.fs.cksum', detail: 'it names only other.fs' },
});

export const signatureInvalid = defineError<{ artifact: string; file: string; key: string; detail: string }>({
  code: 'BF1108',
  title: 'A signature is not valid',
  message: (f) => `image ${f.artifact}: ${f.file} is not signed by ${f.key}: ${f.detail}`,
  cause: 'The file was changed after it was signed, or it was signed with another key.',
  next: (f) => `Do not use the image before you know why. Check by hand: signify -V -p ${f.key} -m ${f.file}`,
  example: {
    artifact: 'edge',
    file: 'images/edge.fs.cksum',
    key: 'keys/edge.pub',
    detail: 'the signature does not match the content',
  },
});

export const signatureFileInvalid = defineError<{ artifact: string; file: string; detail: string }>({
  code: 'BF1109',
  title: 'A signature or public key file cannot be used',
  message: (f) => `image ${f.artifact}: ${f.file} is not a signify file: ${f.detail}`,
  cause: 'The file is missing, has another format, or is a secret key instead of a public one.',
  next: () =>
    'A signify file has a comment line and a line of base64; make one with `signify -G` or `signify -S`.',
  example: { artifact: 'edge', file: 'keys/edge.pub', detail: 'the first line is not an untrusted comment' },
});

export const slotsMissing = defineError<{ artifact: string; img: string; fs: string }>({
  code: 'BF1110',
  title: 'A disk image has no slots for its slot image',
  message: (f) =>
    `image ${f.artifact}: ${f.fs} is meant for a root slot, but ${f.img} has no slots d and e of one size`,
  cause:
    'The img was not made by resflash (or in its layout), so there is nothing that an A/B upgrade could write to.',
  next: () => 'Leave `fs` out to install only, or build the img with two root slots.',
  example: { artifact: 'edge', img: 'images/edge.img', fs: 'images/edge.fs' },
});

export const slotOfOtherArchitecture = defineError<{
  artifact: string;
  fs: string;
  architecture: string;
  img: string;
  installed: string;
}>({
  code: 'BF1111',
  title: 'A slot image is for another architecture than its disk image',
  message: (f) =>
    `image ${f.artifact}: the programs in ${f.fs} are for ${f.architecture}, those in ${f.img} for ${f.installed}`,
  cause: 'img and fs come from builds for different machines.',
  next: () => 'Give the img and fs of one build.',
  example: {
    artifact: 'edge',
    fs: 'images/edge.fs',
    architecture: 'i386',
    img: 'images/edge.img',
    installed: 'amd64',
  },
});

export const slotOfOtherFamily = defineError<{ artifact: string; fs: string; img: string; detail: string }>({
  code: 'BF1112',
  title: 'A slot image is of another size than its disk image',
  message: (f) =>
    `image ${f.artifact}: ${f.fs} and ${f.img} are of different image size families: ${f.detail}`,
  cause: 'img and fs come from builds with different image sizes.',
  next: () => 'Give the img and fs of one build, or build both with the same size.',
  example: {
    artifact: 'edge',
    fs: 'images/edge.fs',
    img: 'images/edge.img',
    detail: '463470592 bytes do not fill a slot of 926941184',
  },
});

export const fileUncovered = defineError<{ artifact: string; file: string; checksums: string }>({
  code: 'BF1120',
  title: 'A file of an image is covered by no checksum',
  message: (f) => `image ${f.artifact}: no checksum is about ${f.file}; there is ${f.checksums}`,
  cause:
    'An image with `checksum` is proven whole or not at all: what proves one of its files says nothing of the other, and both reach machines.',
  next: (f) =>
    `Add a checksum file with a line about ${f.file} to \`checksum\` (a list), signed as the others are. To make one: sha512sum ${f.file}`,
  example: { artifact: 'edge', file: 'images/edge.img', checksums: 'images/edge.fs.cksum' },
});

export const keyWithoutChecksum = defineError<{ artifact: string; key: string }>({
  code: 'BF1121',
  title: 'A key without a checksum that it could have signed',
  message: (f) => `image ${f.artifact}: it names the key ${f.key}, but no checksum file`,
  cause:
    'signify signs the checksum file, and the checksum file proves the image: alone the key proves nothing.',
  next: () => 'Give the checksum files that were signed (`checksum`), or remove the key.',
  example: { artifact: 'edge', key: 'keys/edge.pub' },
});

export const checksumLacking = defineError<Place & { given: string; checksums: string }>({
  code: 'BF1122',
  title: 'A fleet file names checksums that are not about every file of its image',
  message: (f) =>
    `${f.file}:${f.line}:${f.column}: ${f.path}: no checksum is about ${f.given}; there is ${f.checksums}`,
  cause:
    'An image with `checksum` is proven whole or not at all: what proves one of its files says nothing of the other, and both reach machines.',
  next: (f) =>
    `Add a checksum file with a line about ${f.given} to \`checksum\` (a list), signed as the others are. To make one: sha512sum ${f.given}`,
  example: {
    file: 'stacks/local.fleet.yaml',
    line: 8,
    column: 10,
    path: 'images.edge.img',
    given: '../images/edge.img',
    checksums: '../images/edge.fs.cksum',
  },
});

export const imageFormatForeign = defineError<{
  artifact: string;
  file: string;
  format: string;
  convert: string;
}>({
  code: 'BF1113',
  title: 'An image is packed in a format that is not read',
  message: (f) =>
    `image ${f.artifact}: ${f.file} is packed as ${f.format}; raw, gzip and zstd files are read`,
  cause: 'The build or the download has this format. What counts is how the file begins, not its name.',
  next: (f) => `Convert it and name the result in the fleet file: ${f.convert}`,
  example: {
    artifact: 'edge',
    file: 'images/edge.img.xz',
    format: 'xz',
    convert: 'xz -dc images/edge.img.xz | zstd -o images/edge.img.zst',
  },
});

export const imageUnpacksTooLarge = defineError<{ artifact: string; file: string; largest: number }>({
  code: 'BF1114',
  title: 'A packed image unpacks to more than any disk of its servers holds',
  message: (f) => `image ${f.artifact}: ${f.file} unpacks to more than ${f.largest} bytes`,
  cause:
    'No server that uses the image has so large a disk, or a slot image is larger than its disk image. A few packed bytes can stand for terabytes of zeros; reading stopped there.',
  next: (f) =>
    `Look at what it holds (\`zstd -l\` or \`gzip -l\` on ${f.file}), or give its servers a larger \`disk\`.`,
  example: { artifact: 'edge', file: 'images/edge.img.gz', largest: 25000000000 },
});
