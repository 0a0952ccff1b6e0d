/** A server as it was seen. */
export interface SeenServer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly tags: readonly string[];
}

/** What a command came to. */
export interface SeenCommand {
  /** `undefined`: it was ended by a signal. */
  readonly status: number | undefined;
  readonly output: string;
  /** It did not end within its limit and was ended by the campaign. */
  readonly late: boolean;
}

/** All that a run showed. */
export interface Seen {
  readonly faulty: SeenCommand;
  /** Whoever would tell a code was killed itself. */
  readonly codeless: boolean;
  readonly clean: SeenCommand;
  /** Servers that the file named before and names after this run; empty when they were to be destroyed between. */
  readonly kept: readonly string[];
  readonly before: readonly SeenServer[];
  /** Right after the faulty command; `undefined`: the cloud could not be asked. */
  readonly between: readonly SeenServer[];
  readonly after: readonly SeenServer[];
  /** Names of the servers that there must be at the end. */
  readonly wanted: readonly string[];
  /** What `bootfleet leaks` found. */
  readonly leaks: readonly string[];
  /** What the cloud holds besides servers, by kind: `ip`, `volume`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Command lines of processes that are left beside the cloud's own. */
  readonly processes: readonly string[];
}

/** Everything about a run that is not as it must be; empty: all is well. Pure. */
export function violations(seen: Seen): readonly string[] {
  const { faulty, codeless, clean } = seen;
  const found: string[] = [];
  if (faulty.late) found.push('the command with faults did not end in time');
  else if (faulty.status !== 0 && !codeless && !/BF\d{4}/.test(faulty.output))
    found.push('the command with faults failed without a code');
  if (/^ +at .+:\d+:\d+\)?$/m.test(faulty.output) && !codeless)
    found.push('the command with faults showed a stack trace');
  if (clean.late) found.push('the clean command did not end in time');
  else if (clean.status !== 0) found.push(`the clean command ended with ${clean.status ?? 'a signal'}`);
  found.push(...wrongServers(seen));
  found.push(...seen.leaks.map((leak) => `leaked: ${leak}`));
  for (const kind of ['ip', 'volume'])
    if ((seen.counts[kind] ?? 0) !== seen.wanted.length)
      found.push(`${seen.counts[kind] ?? 0} of kind ${kind} for ${seen.wanted.length} servers`);
  found.push(...seen.processes.map((line) => `a process is left: ${line}`));
  return found;
}

function wrongServers({ kept, before, between, after, wanted }: Seen): string[] {
  const found: string[] = [];
  const names = after.map(({ name }) => name).toSorted();
  if (names.join() !== wanted.toSorted().join())
    found.push(`the cloud has ${names.join(', ') || 'no server'} instead of ${wanted.join(', ') || 'none'}`);
  for (const { name, state, detail } of after)
    if (state !== 'running' || detail !== 'booted') found.push(`${name} is ${state} (${detail})`);
  for (const name of kept) {
    const was = before.find((one) => one.name === name);
    if (was === undefined) continue;
    if (!between.some(({ id }) => id === was.id))
      found.push(
        `${name} (${was.id}) was deleted by the command with faults, though the file still names it`,
      );
    else if (!after.some(({ id }) => id === was.id))
      found.push(`${name} (${was.id}) was deleted by the clean command, though the file still names it`);
  }
  return found;
}
