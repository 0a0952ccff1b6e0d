/**
 * Undoes what was done, the last first. One step that fails keeps none of the others from being undone (the lock is the
 * last); each failure is logged.
 *
 * @throws what the first of them threw, once all were tried.
 */
export async function undoAll(
  steps: readonly (() => Promise<void>)[],
  log: (line: string) => void,
): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps.toReversed()) {
    try {
      await step();
    } catch (thrown) {
      failures.push(thrown);
      log(`could not be undone: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  if (failures.length > 0) throw failures[0];
}
