/** How a run stands to the code of this checkout. */
export interface Age {
  /** Example: `commit 1f5c67a0d2b4`. */
  readonly text: string;
  readonly stale: boolean;
}

/**
 * Whether a run's figures still speak of this code. Pure.
 *
 * @param commit as the run holds it (commit.ts)
 * @param changed files of what the benchmark measures that changed since; `undefined`: the commit is not in this
 *   repository
 */
export function ageOf(commit: string, changed: readonly string[] | undefined): Age {
  if (commit === '') return { text: 'commit unknown: stale', stale: true };
  if (commit.includes('+'))
    return {
      text: `commit ${commit.split('+')[0] ?? ''} with changes that are in no commit: stale`,
      stale: true,
    };
  if (changed === undefined)
    return { text: `commit ${commit}, which is not in this repository: stale`, stale: true };
  if (changed.length === 0) return { text: `commit ${commit}`, stale: false };
  const [first = ''] = changed;
  const more = changed.length === 1 ? first : `${first} and ${changed.length - 1} more`;
  return { text: `commit ${commit}: stale, since then ${more} changed`, stale: true };
}
