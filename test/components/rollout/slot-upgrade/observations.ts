import type { Observation, SlotRecord } from '../../../../components/rollout/slot-upgrade/observation.ts';

/** What the tests' images are. */
export const digestOf = (build: string): string => build.padEnd(64, '0');

export function recordOf(build: string, state: SlotRecord['state'] = 'proven'): SlotRecord {
  return { state, build, sha256: digestOf(build), bytes: 1000, readBack: 'f'.repeat(64) };
}

/** A machine that runs build 1 from slot d, as installed. */
export function observation(change: Partial<Observation> = {}): Observation {
  return {
    running: 'd',
    next: 'd',
    build: '1',
    architecture: 'amd64',
    slots: [
      { letter: 'd', bytes: 1000 },
      { letter: 'e', bytes: 1000 },
    ],
    bootId: 'boot-1',
    uptime: 100,
    cfgFree: 1e8,
    ...change,
  };
}

/** The same machine after its upgrade to build 2. */
export const onNew = observation({
  running: 'e',
  next: 'e',
  build: '2',
  bootId: 'boot-2',
  slots: [
    { letter: 'd', bytes: 1000 },
    { letter: 'e', bytes: 1000, record: recordOf('2', 'complete') },
  ],
});
