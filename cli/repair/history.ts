import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIfThere } from '../if-there.ts';

/**
 * Whether Pulumi has ever made or removed anything of a stack. One that was only just made has no such history.
 *
 * @param folder of the stack's history; see `stateFiles`.
 */
export async function wasEverUsed(folder: string): Promise<boolean> {
  const names = (await namesIfThere(folder)).filter((name) => name.endsWith('.history.json'));
  for (const name of names.toSorted().toReversed())
    if (changedSomething(await readFile(join(folder, name), 'utf8'))) return true;
  return false;
}

/** Whether one command did. Pure. Source: `UpdateInfo` in pulumi/pkg/backend/updates.go; `kind` as `pulumi` writes it. */
export function changedSomething(text: string): boolean {
  let entry: { kind?: unknown; resourceChanges?: Record<string, unknown> | null } | null;
  try {
    entry = JSON.parse(text) as typeof entry;
  } catch {
    // Cut short by a full disk: it proves nothing.
    return false;
  }
  const { kind, resourceChanges } = entry ?? {};
  return kind === 'destroy' || ['create', 'delete'].some((change) => Number(resourceChanges?.[change]) > 0);
}
