import fc from 'fast-check';
import { expect, it } from 'vitest';
import { treatmentOf, type KnownDisk } from '../../../localcloud/compute/disk-files.ts';

const none = new Map<string, KnownDisk>();

it('a whole disk is never removed, whatever is known and whatever else is there', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('a', 'b', 'a.b', 'c'),
      fc.dictionary(fc.constantFrom('a', 'b', 'a.b'), fc.constantFrom<KnownDisk>('whole', 'unfinished')),
      fc.array(fc.constantFrom('a.raw', 'a.part', 'a.gone', 'b.raw', 'notes.txt')),
      (id, known, others) => {
        const names = [`${id}.raw`, ...others];
        const { kind } = treatmentOf(`${id}.raw`, new Map(Object.entries(known)), names);
        expect(kind).toBe(Object.hasOwn(known, id) ? 'keep' : 'aside');
      },
    ),
    { verbose: true },
  );
});

it('what was being deleted goes, unless its record is still there', () => {
  expect(treatmentOf('a.gone', none, ['a.gone'])).toMatchObject({ kind: 'remove' });
  expect(treatmentOf('a.gone', new Map([['a', 'whole']]), ['a.gone'])).toMatchObject({
    kind: 'rename',
    to: 'a.raw',
  });
});

it('what was being made goes, unless its record says that it was whole', () => {
  expect(treatmentOf('a.part', none, ['a.part'])).toMatchObject({ kind: 'remove' });
  expect(treatmentOf('a.part', new Map([['a', 'unfinished']]), ['a.part'])).toMatchObject({ kind: 'remove' });
  expect(treatmentOf('a.part', new Map([['a', 'whole']]), ['a.part'])).toMatchObject({
    kind: 'rename',
    to: 'a.raw',
  });
  expect(treatmentOf('a.part', new Map([['a', 'whole']]), ['a.part', 'a.raw'])).toMatchObject({
    kind: 'remove',
  });
});

it('files of other names are none of ours', () => {
  for (const name of ['notes.txt', '.raw', 'raw', 'a.raw.bak']) {
    expect(treatmentOf(name, none, [name])).toEqual({ kind: 'keep' });
  }
});
