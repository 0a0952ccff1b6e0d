import { Journal, type Entry } from './journal.ts';
import { tableNames, type TableName, type Tables } from './records.ts';

/** The changes of one transaction. */
export interface Transaction {
  put<T extends TableName>(table: T, record: Tables[T]): void;
  remove(table: TableName, id: string): void;
}

type Maps = { readonly [T in TableName]: Map<string, Tables[T]> };

/** The journal is written anew when it has this many bytes more than after the last time. */
const compactAfter = 8 * 1024 * 1024;

/**
 * The embedded cloud's state: all records in memory, every transaction in a journal on disk before it counts.
 *
 * @example
 * const store = Store.open('/data/localcloud/state.jsonl');
 * store.commit((change) => change.put('ip', { ...ip, serverId: server.id }));
 */
export class Store {
  readonly #maps: Maps;
  readonly #journal: Journal;
  readonly #log: (line: string) => void;
  #compactAt: number;

  private constructor(maps: Maps, journal: Journal, log: (line: string) => void) {
    this.#maps = maps;
    this.#journal = journal;
    this.#log = log;
    this.#compactAt = journal.length + compactAfter;
  }

  /**
   * @param expected id of the journal that the file is known to hold; absent while nobody knows it.
   * @param log one line for trouble that loses nothing; default nobody hears of it.
   * @throws BF1806 when a line in the middle of the file is damaged, BF1820 when lines are missing.
   */
  static open(file: string, expected?: string, log: (line: string) => void = () => undefined): Store {
    const maps = emptyMaps();
    const journal = Journal.open(file, {
      replay: (entry) => {
        apply(maps, entry);
      },
      compact: () => wholeState(maps),
      expected,
    });
    return new Store(maps, journal, log);
  }

  /** Id of the journal, to be kept where it is not lost with it. */
  get journalId(): string {
    return this.#journal.id;
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    return this.#maps[table].get(id);
  }

  /** Oldest first. */
  list<T extends TableName>(table: T): readonly Tables[T][] {
    return [...this.#maps[table].values()];
  }

  /**
   * Applies all changes or, when the disk refuses them or `make` throws, none. It throws only when none was: whoever
   * catches that may undo what the changes were for.
   */
  commit(make: (change: Transaction) => void): void {
    const put: Record<string, { id: string }[]> = {};
    const remove: Record<string, string[]> = {};
    make({
      put: (table, record) => {
        (put[table] ??= []).push(record);
      },
      remove: (table, id) => {
        (remove[table] ??= []).push(id);
      },
    });
    const entry: Entry = { put, remove };
    this.#journal.append(entry);
    apply(this.#maps, entry);
    if (this.#journal.length > this.#compactAt) this.#compact();
  }

  /** The transaction counts already: what fails here is tried again when as much has been written once more. */
  #compact(): void {
    try {
      this.#journal.compact(wholeState(this.#maps));
    } catch (thrown) {
      this.#log(
        `the journal of the state was not made shorter and goes on as it is: ${(thrown as Error).message}`,
      );
    }
    this.#compactAt = this.#journal.length + compactAfter;
  }

  close(): void {
    this.#journal.close();
  }
}

function emptyMaps(): Maps {
  return Object.fromEntries(tableNames.map((name) => [name, new Map()])) as unknown as Maps;
}

function apply(maps: Maps, entry: Entry): void {
  for (const [table, ids] of Object.entries(entry.remove ?? {})) {
    for (const id of ids) maps[table as TableName].delete(id);
  }
  for (const [table, records] of Object.entries(entry.put ?? {})) {
    const map = maps[table as TableName] as Map<string, { id: string }>;
    for (const record of records) map.set(record.id, record);
  }
}

function wholeState(maps: Maps): Entry {
  return { put: Object.fromEntries(tableNames.map((name) => [name, [...maps[name].values()]])) };
}
