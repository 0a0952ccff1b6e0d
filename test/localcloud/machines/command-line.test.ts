import { expect, test } from 'vitest';
import { qemuArguments, type CommandLineParts } from '../../../localcloud/machines/command-line.ts';
import { machineFiles } from '../../../localcloud/machines/machine-files.ts';
import { forwardArgument, optionValue, socatPath } from '../../../localcloud/machines/quoting.ts';
import { machineType } from '../../../localcloud/machines/server-types.ts';

const id = '6f0e2b0c-7d5e-4a55-8d8e-0f5b9f1f6f10';
const files = machineFiles('/data/machines', id);

function parts(serverType: string, bootSource: 'disk' | 'network' | 'rescue'): CommandLineParts {
  const type = machineType(serverType);
  if (type === undefined) throw new Error(serverType);
  return {
    spec: {
      id,
      serverType,
      bootSource,
      disks: ['/data/root, x.raw', '/data/more.raw'],
      address: '127.66.0.7',
      macAddress: 'de:00:00:00:00:07',
      ports: [22, 8080],
      metadataSocket: files.metadataSocket,
      reach: { kind: 'closed', storagePort: 40002 },
    },
    type,
    files,
    accelerator: 'tcg',
    portOffset: 20000,
    uefi: { code: '/fw/code.fd', variables: '/fw/vars.fd' },
    rescue: { kernel: '/r/vmlinuz', initrd: '/r/initrd', commandLine: 'console=ttyS0' },
  };
}

/** Values of every option of this name. */
function valuesOf(argv: readonly string[], option: string): string[] {
  return argv.flatMap((argument, at) => (argument === option ? [argv[at + 1] ?? ''] : []));
}

test('network: only the card has a boot index, with its default ROM; nothing else may boot', () => {
  const argv = qemuArguments(parts('START1-XS', 'network'));
  const devices = valuesOf(argv, '-device');
  expect(devices.filter((device) => device.includes('bootindex'))).toEqual([
    'virtio-net-pci,netdev=net0,mac=de:00:00:00:00:07,bootindex=1',
  ]);
  expect(devices.join()).not.toContain('romfile');
  expect(valuesOf(argv, '-boot')[0]).toMatch(/^strict=on/);
  expect(valuesOf(argv, '-machine')).toEqual(['pc,graphics=off']);
});

test('disk: disks in their order, the card without ROM', () => {
  const devices = valuesOf(qemuArguments(parts('START1-XS', 'disk')), '-device');
  expect(devices.filter((device) => device.includes('bootindex'))).toEqual([
    'virtio-blk-pci,drive=disk0,discard=on,write-cache=on,bootindex=1',
    'virtio-blk-pci,drive=disk1,discard=on,write-cache=on,bootindex=2',
  ]);
  expect(devices.find((device) => device.startsWith('virtio-net'))).toMatch(/,romfile=$/);
});

test('processor: emulated ones do not promise fast string moves, real ones keep them', () => {
  const emulated = parts('START1-XS', 'disk');
  expect(valuesOf(qemuArguments(emulated), '-cpu')).toEqual(['max,la57=off,erms=off,fsrm=off']);
  expect(valuesOf(qemuArguments({ ...emulated, accelerator: 'kvm' }), '-cpu')).toEqual(['max,la57=off']);
});

test('rescue: kernel, ramdisk and command line, and no disk boots', () => {
  const argv = qemuArguments(parts('DEV1-S', 'rescue'));
  expect([valuesOf(argv, '-kernel'), valuesOf(argv, '-initrd'), valuesOf(argv, '-append')].flat()).toEqual([
    '/r/vmlinuz',
    '/r/initrd',
    'console=ttyS0',
  ]);
  expect(argv.join(' ')).not.toContain('bootindex');
});

test('DEV1-S: UEFI with variables of its own', () => {
  const drives = valuesOf(qemuArguments(parts('DEV1-S', 'network')), '-drive');
  expect(drives).toEqual([
    'if=pflash,unit=0,format=raw,readonly=on,file=/fw/code.fd',
    `if=pflash,unit=1,format=raw,file=${files.firmwareVariables}`,
  ]);
});

test('disks are raw, sparse, and flushed when the guest says so', () => {
  const [first = ''] = valuesOf(qemuArguments(parts('START1-XS', 'disk')), '-blockdev');
  expect(JSON.parse(first)).toEqual({
    driver: 'raw',
    'node-name': 'disk0',
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename: '/data/root, x.raw', discard: 'unmap', aio: 'threads' },
  });
});

test('the network: forwards on the own address with the offset; metadata and object storage through socat', () => {
  const [network = ''] = valuesOf(qemuArguments(parts('START1-XS', 'disk')), '-netdev');
  expect(network).toContain(',hostfwd=tcp:127.66.0.7:20022-:22,hostfwd=tcp:127.66.0.7:28080-:8080,');
  expect(network).toMatch(
    /,guestfwd=tcp:169\.254\.42\.42:80-cmd:socat -t5 -b65536 FD:0,,shut-down 'UNIX-CONNECT:\/data\/machines\/[0-9a-f-]+\/md',/,
  );
  expect(network).toMatch(
    /,guestfwd=tcp:169\.254\.42\.2:40002-cmd:socat -t5 -b65536 FD:0,,shut-down 'TCP:127\.0\.0\.1:40002,,nodelay'$/,
  );
});

test('the network is closed but for these, unless it is to be open', () => {
  const closed = parts('START1-XS', 'disk');
  const networkOf = (reach: typeof closed.spec.reach): string =>
    valuesOf(qemuArguments({ ...closed, spec: { ...closed.spec, reach } }), '-netdev')[0] ?? '';
  expect(networkOf(closed.spec.reach)).toContain(',restrict=on,');
  expect(networkOf({ kind: 'closed', storagePort: undefined })).not.toContain('169.254.42.2:');
  expect(networkOf({ kind: 'open' })).not.toContain('restrict');
  expect(networkOf({ kind: 'open' })).toContain(',host=169.254.42.2,');
});

test('a missing part is our bug and says so', () => {
  const { uefi: _, ...bare } = parts('DEV1-S', 'disk');
  expect(() => qemuArguments(bare)).toThrow('without UEFI firmware');
});

test('quoting for QEMU, socat and GLib', () => {
  expect(optionValue('a,b')).toBe('a,,b');
  expect(socatPath('/tmp/a b,c:d')).toBe('/tmp/a\\ b\\,c\\:d');
  expect(forwardArgument("it's")).toBe(`'it'\\''s'`);
});

test('an id that is no file name is refused', () => {
  for (const bad of ['', '..', 'a/b', '-x', 'a b'])
    expect(() => machineFiles('/data', bad)).toThrow('not a machine id');
});
