import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
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

it('notices every line that is missing but the last ones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(), (steps, choice) => {
      rmSync(file, { force: true });
      const store = Store.open(file);
      for (let step = 0; step < steps; step += 1) {
        store.commit((change) => {
          change.put('ip', ip(String(step), 'x'));
        });
      }
      store.close();
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const missing = choice % lines.length;
      const left = lines.filter((_, index) => index !== missing);
      writeFileSync(file, left.map((line) => `${line}\n`).join(''));
      if (missing === lines.length - 1 && missing > 0) {
        const shorter = Store.open(file, store.journalId);
        expect(shorter.list('ip')).toHaveLength(steps - 1);
        shorter.close();
      } else {
        const text = readFileSync(file, 'utf8');
        expect(() => Store.open(file, store.journalId)).toThrow('BF1820');
        expect(readFileSync(file, 'utf8')).toBe(text);
      }
    }),
    { verbose: true },
  );
});

it('notices a state that is gone, or another one in its place, as soon as its id is known', () => {
  const store = Store.open(file);
  store.close();
  const { journalId } = store;
  const again = Store.open(file, journalId);
  expect(again.journalId).toBe(journalId);
  again.close();
  expect(() => Store.open(file, 'another')).toThrow(/BF1820.*another embedded cloud/s);
  rmSync(file);
  expect(() => Store.open(file, journalId)).toThrow(/BF1820.*not there/s);
});

it('a file without numbers, as earlier versions wrote it, is taken and gets them', () => {
  writeFileSync(file, `${JSON.stringify({ put: { ip: [ip('a', '1')] } })}\n{"remove":{"ip":["b"]}}\n`);
  const store = Store.open(file);
  expect(store.list('ip')).toEqual([ip('a', '1')]);
  store.close();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ n: 0, journal: store.journalId });
});

it('a transaction counts, and is not said to have failed, when only the journal could not be made shorter', () => {
  const said: string[] = [];
  const store = Store.open(file, undefined, (line) => said.push(line));
  // Stands in the way of the new journal.
  mkdirSync(`${file}.new/x`, { recursive: true });
  const long = 'x'.repeat(5 * 1024 * 1024);
  const put = (id: string): void => {
    store.commit((change) => {
      change.put('ip', ip(id, long));
    });
  };
  for (const id of ['a', 'b', 'c']) put(id);
  expect(store.list('ip')).toHaveLength(3);
  expect(said).toEqual([expect.stringMatching(/^the journal .* goes on as it is: /)]);
  // Tried again once as much was written.
  rmSync(`${file}.new`, { recursive: true });
  for (const id of ['d', 'e']) put(id);
  expect(said).toHaveLength(1);
  expect(existsSync(`${file}.new`)).toBe(false);
  expect(readFileSync(file).length).toBeLessThan(6 * long.length);
  put('f');
  store.close();
  const again = Store.open(file, store.journalId);
  expect(again.list('ip').map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  again.close();
});
