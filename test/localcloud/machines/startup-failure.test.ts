import { expect, test } from 'vitest';
import { startupError } from '../../../localcloud/machines/startup-failure.ts';

const base = { machine: 'm', program: 'qemu-system-x86_64', code: 1, log: '' };

test.each([
  [
    'BF1833',
    "qemu-system-x86_64: -netdev user,id=net0: Could not set up host forwarding rule 'tcp:127.66.0.7:22-:22'",
  ],
  [
    'BF1834',
    'qemu: -device virtio-blk-pci: Failed to get "write" lock\nIs another process using the image [/d]?',
  ],
  ['BF1832', 'qemu-system-x86_64: -device virtio-net-pci: failed to find romfile "efi-virtio.rom"'],
  ['BF1830', 'qemu-system-x86_64: cannot set up guest memory: Cannot allocate memory'],
])('%s for %s', (code, log) => {
  const error = startupError({ ...base, log });
  expect(error.code).toBe(code);
  if (code === 'BF1830') expect(error.summary).toContain('Cannot allocate memory');
});

test('a missing program and a silent end', () => {
  const spawnError = Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' });
  expect(startupError({ ...base, spawnError }).code).toBe('BF1831');
  expect(startupError({ ...base, code: undefined, signal: 'SIGSEGV' }).summary).toBe(
    'QEMU for server m ended by SIGSEGV; it said: nothing',
  );
});
