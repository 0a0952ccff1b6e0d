/** How many single-character edits (insert, delete, replace, swap of neighbours) turn one word into the other. */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  rows[0] = Array.from({ length: b.length + 1 }, (_, j) => j);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1);
      (rows[i] ??= [])[j] = least;
    }
  }
  return at(a.length, b.length);
}

/** The known word that a person most likely meant, or `undefined` when none is near (two edits at most, less than half the word). */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    // Words of other lengths need more edits than that; a long one would take long to compare.
    .filter((candidate) => Math.abs(candidate.length - word.length) <= 2)
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(
      ({ candidate, distance }) => distance <= 2 && distance * 2 < Math.max(candidate.length, word.length),
    )
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}
