import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { IpRecord } from '../../../localcloud/store/records.ts';
import { Store } from '../../../localcloud/store/store.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  file = join(folder, 'state.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function ip(id: string, name: string): IpRecord {
  const at = '2026-01-01T00:00:00.000000Z';
  const common = { zone: 'fr-par-1', projectId: 'p', tags: [], createdAt: at, updatedAt: at };
  return { ...common, id, name, address: '127.66.0.1', serverId: null, reverse: null };
}

it('has everything again after it was opened anew', () => {
  const store = Store.open(file);
  store.commit((change) => {
    change.put('ip', ip('a', '1'));
    change.put('ip', ip('b', '1'));
  });
  store.commit((change) => {
    change.put('ip', ip('a', '2'));
    change.remove('ip', 'b');
  });
  store.close();
  expect(Store.open(file).list('ip')).toEqual([ip('a', '2')]);
});

it('applies nothing of a transaction whose making throws', () => {
  const store = Store.open(file);
  expect(() => {
    store.commit((change) => {
      change.put('ip', ip('a', '1'));
      throw new Error('no');
    });
  }).toThrow('no');
  expect(store.list('ip')).toEqual([]);
  expect(Store.open(file).list('ip')).toEqual([]);
});

it('is whole transactions, however long a part of the file was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.string(), fc.boolean()), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.nat(),
      (steps, cut) => {
        rmSync(file, { force: true });
        const store = Store.open(file);
        const states: string[] = [JSON.stringify(store.list('ip'))];
        const ends: number[] = [readFileSync(file).length];
        for (const [id, name, removes] of steps) {
          store.commit((change) => {
            if (removes) change.remove('ip', id);
            else change.put('ip', ip(id, name));
          });
          states.push(JSON.stringify(store.list('ip')));
          ends.push(readFileSync(file).length);
        }
        store.close();
        // A process killed while it writes leaves the file cut anywhere after its first line.
        const [first = 0] = ends;
        const length = first + (cut % (Math.max(...ends) - first + 1));
        truncateSync(file, length);
        const complete = ends.filter((end) => end <= length).length;
        const reopened = Store.open(file);
        expect(sorted(JSON.stringify(reopened.list('ip')))).toBe(sorted(states[complete - 1] ?? ''));
        reopened.close();
      },
    ),
  );
});

it('goes on after a line that was cut short', () => {
  const store = Store.open(file);
  store.commit((change) => {
    change.put('ip', ip('a', '1'));
  });
  store.close();
  appendFileSync(file, '{"put":{"ip":[{"id":"b"');
  const second = Store.open(file);
  second.commit((change) => {
    change.put('ip', ip('c', '1'));
  });
  second.close();
  expect(
    Store.open(file)
      .list('ip')
      .map(({ id }) => id),
  ).toEqual(['a', 'c']);
});

it('refuses a file that is damaged in the middle', () => {
  writeFileSync(file, '{"put":{}}\nnonsense\n{"put":{}}\n');
  expect(() => Store.open(file)).toThrow(/BF1806.*line 2/s);
});

/** Records by id: compaction keeps order of first appearance, which a removed and restored record changes. */
function sorted(json: string): string {
  return JSON.stringify((JSON.parse(json) as IpRecord[]).sort((a, b) => a.id.localeCompare(b.id)));
}
