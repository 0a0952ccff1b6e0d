/** How many resources a command treated how. Example: `{ create: 3, same: 5 }`. */
export type ChangeCounts = Readonly<Partial<Record<string, number>>>;

/** What a run of `pulumi` came to. */
export interface PulumiResult {
  /** Exit status; `undefined` when it was ended by a signal. */
  readonly status: number | undefined;
  /** Standard output and error, as a person would have seen them. */
  readonly output: string;
  /** From the summary at the end: create, update, delete, replace, same, errored. Empty when it never came that far. */
  readonly changes: ChangeCounts;
}

const words: Readonly<Record<string, string>> = {
  created: 'create',
  'to create': 'create',
  updated: 'update',
  'to update': 'update',
  deleted: 'delete',
  'to delete': 'delete',
  replaced: 'replace',
  'to replace': 'replace',
  imported: 'import',
  unchanged: 'same',
  errored: 'errored',
};

/**
 * Reads the summary that ends the output of preview, up, refresh and destroy.
 * @example parseChanges('Resources:\n    + 3 created\n    5 unchanged\n') // { create: 3, same: 5 }
 */
export function parseChanges(output: string): ChangeCounts {
  const at = output.lastIndexOf('\nResources:');
  if (at < 0) return {};
  const counts: Record<string, number> = {};
  for (const line of output
    .slice(at + 1)
    .split('\n')
    .slice(1)) {
    const [, number, word = ''] = /^\s+(?:[^\s\d]+ ?)?(\d+) (.+?)\.?$/.exec(line) ?? [];
    if (number === undefined) break;
    const name = words[word];
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + Number(number);
  }
  return counts;
}
