/**
 * The least and the most of each number in a policy, as a user would write it. The schema of fleet files has the same:
 * a test holds the two together. What is longer cannot be meant, and what is shorter would be harmful: a lock that is
 * stale at once is no lock.
 */
export const policyLimits = {
  soak: ['0s', '7d'],
  lockTimeout: ['1m', '7d'],
  'windows.longest': ['0s', '20d'],
  'deadlines.contact': ['1s', '1d'],
  'deadlines.transfer': ['1s', '7d'],
  'deadlines.boot': ['1s', '1d'],
  'deadlines.health': ['1s', '1d'],
  'deadlines.failBack': ['1s', '1d'],
  'transfer.limit': ['1kB', '100GB'],
} as const;

/** The least of each count in a policy; the most is `mostOfCounts`. */
export const leastCounts = { maxInFlight: 1, maxFailures: 0, maxFailuresTotal: 0, upTo: 1 } as const;

/** As many as a fleet may have servers. */
export const mostOfCounts = 10_000;
