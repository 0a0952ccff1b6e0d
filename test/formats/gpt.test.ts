import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gptBytes, gptType, parseGpt, renderGpt, type Gpt } from '../../formats/gpt.ts';

const guid = fc.uuid();
const sector = fc.nat(2 ** 40);
const gpt: fc.Arbitrary<Gpt> = fc.record({
  diskGuid: guid,
  firstUsable: sector,
  lastUsable: sector,
  backupAt: sector,
  partitions: fc.array(
    fc.record({
      type: fc.constantFrom(...Object.values(gptType)),
      guid,
      start: sector,
      sectors: fc.integer({ min: 1, max: 2 ** 40 }),
      attributes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      name: fc.stringMatching(/^[A-Za-z ]{0,36}$/),
    }),
    { maxLength: 128 },
  ),
});
const onDisk = (value: Gpt): Buffer => Buffer.concat([Buffer.alloc(512), renderGpt(value)]);

describe('GUID partition table', () => {
  it('is read as it was written, and fills sectors 1 to 33', () => {
    fc.assert(
      fc.property(gpt, (value) => {
        const disk = onDisk(value);
        expect(disk.length).toBe(gptBytes);
        expect(parseGpt(disk)).toEqual({ ok: true, value });
      }),
    );
  });

  it('notices every changed byte of its entries and of its header', () => {
    fc.assert(
      fc.property(gpt, fc.integer({ min: 512, max: gptBytes - 1 }), (value, at) => {
        fc.pre(at < 512 + 92 || at >= 1024);
        const disk = onDisk(value);
        disk.writeUInt8(disk.readUInt8(at) ^ 1, at);
        expect(parseGpt(disk).ok).toBe(false);
      }),
    );
  });

  it('refuses random bytes with a reason, also behind the right signature', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (random) => {
        const bytes = Buffer.from(random);
        if (bytes.length > 520) bytes.write('EFI PART', 512);
        const found = parseGpt(bytes);
        expect(found.ok ? 'read' : found.reason).not.toBe('');
      }),
    );
  });
});
