import type { WaveSize } from '../components/rollout/policy.ts';

/**
 * The servers that no wave reaches. A count adds that many servers, a percentage says how much of the fleet has been
 * reached after the wave (rounded up), a list adds those servers.
 */
export function unreached(waves: readonly WaveSize[], servers: readonly string[]): string[] {
  let left = [...servers];
  for (const wave of waves) {
    if (typeof wave === 'number') left = left.slice(wave);
    else if (typeof wave === 'string') {
      const reached = Math.ceil((servers.length * Number.parseInt(wave, 10)) / 100);
      left = left.slice(Math.max(0, reached - (servers.length - left.length)));
    } else left = left.filter((name) => !wave.includes(name));
  }
  return left;
}
