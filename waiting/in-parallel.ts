/**
 * Does something for each item, so many at once, and gives the results in the items' order. A failure keeps no other item
 * from being done, and nothing goes on behind this: the first failure is thrown when all are done.
 *
 * @example await inParallel(names, 8, async (name) => look(name))
 */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of queue) {
      try {
        results[at] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));

  if (failures.length > 0) throw failures[0];
  return results;
}
