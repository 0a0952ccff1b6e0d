import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDiskLayout } from '../../formats/disk-layout.ts';
import { renderDisklabel } from '../../formats/disklabel.ts';
import { gptType, renderGpt } from '../../formats/gpt.ts';
import { mbrType, renderMbr } from '../../formats/mbr.ts';
import { applianceLayout } from '../../guest/appliance/layout.ts';

const reader = (disk: Uint8Array) => (offset: number, length: number) =>
  Promise.resolve(disk.subarray(offset, offset + length));

describe('layout of a disk', () => {
  it('finds the disklabel inside the OpenBSD partition, and the end of everything', async () => {
    const layout = applianceLayout();
    const disk = Buffer.alloc((layout.openbsdStart + 8) * 512);
    renderMbr({ code: Buffer.alloc(0), signature: 1, partitions: layout.mbrPartitions }).copy(disk);
    renderDisklabel(layout.disklabel).copy(disk, (layout.openbsdStart + 1) * 512);
    const found = await readDiskLayout(reader(disk));
    expect(found).toMatchObject({
      ok: true,
      value: { end: layout.sectors * 512, disklabel: layout.disklabel },
    });
  });

  it('follows a protective boot record to the GPT', async () => {
    const partition = {
      type: gptType.openbsd,
      guid: gptType.linux,
      start: 64,
      sectors: 1000,
      attributes: 0n,
      name: 'x',
    };
    const gpt = {
      diskGuid: gptType.linux,
      firstUsable: 34,
      lastUsable: 2000,
      backupAt: 2047,
      partitions: [partition],
    };
    const protective = { type: mbrType.protective, active: false, start: 1, sectors: 2047 };
    const disk = Buffer.alloc(67 * 512);
    renderMbr({ code: Buffer.alloc(0), signature: 1, partitions: [protective] }).copy(disk);
    renderGpt(gpt).copy(disk, 512);
    const found = await readDiskLayout(reader(disk));
    expect(found).toEqual({
      ok: false,
      reason: 'the OpenBSD partition at sector 64: no disklabel magic number',
    });
  });

  it('never throws on random disks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2048 }), async (disk) => {
        if (disk.length >= 512) disk.set([0x55, 0xaa], 510);
        const found = await readDiskLayout(reader(disk));
        expect(found.ok ? 'read' : found.reason).not.toBe('');
      }),
    );
  });
});
