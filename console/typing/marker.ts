const LETTERS = 'zqjxkvwy';

/**
 * Two letters to find the line again by: different for each attempt, so that the late echo of an earlier marker is
 * not taken for this one, and not part of the line itself. The two differ, so that a doubled echo shows.
 *
 * @param attempt from 0; there are 56 markers, more than attempts.
 */
export function markerFor(attempt: number, line: string): string {
  const markers: string[] = [];
  for (const first of LETTERS) {
    for (const second of LETTERS) {
      // A doubled echo of the line shows its letters twice: `zq` must not appear in it even then.
      if (first !== second && !line.includes(first + second)) markers.push(first + second);
    }
  }
  const marker = markers[attempt % markers.length];
  // Only a line that holds all 56 pairs gets here; no command does.
  return marker ?? 'zq';
}
