import { expect, test } from 'vitest';
import { processorStop } from '../../../localcloud/machines/processor-stop.ts';

const words = `KVM internal error. Suberror: 1
emulation failure
EAX=00000000 EBX=00000000 ECX=00000000 EDX=00000000
`;

test.each([
  [
    'internal-error',
    words,
    undefined,
    'QEMU cannot go on (KVM internal error. Suberror: 1, emulation failure)',
  ],
  ['internal-error', '', undefined, 'QEMU cannot go on'],
  [
    'io-error',
    '',
    { operation: 'write', action: 'stop', nospace: true, reason: 'No space left on device' },
    'a disk of it could not be written: no space is left on the host',
  ],
  [
    'io-error',
    '',
    { operation: 'read', action: 'stop', nospace: false, reason: 'Input/output error' },
    'a disk of it could not be read: Input/output error',
  ],
  ['guest-panicked', '', undefined, 'its guest panicked'],
  ['paused', '', undefined, "somebody paused it through QEMU's monitor"],
  ['watchdog', '', undefined, 'QEMU shows it as watchdog'],
])('%s is named', (status, log, diskError, why) => {
  expect(processorStop({ status, log, diskError })).toEqual({ status, why });
});

test('a processor that runs is not stopped, whatever was said before', () => {
  expect(processorStop({ status: 'running', log: words })).toBeUndefined();
});
