import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take minutes, in the order in which two workers should begin them: long ones first, so that none is left
 * alone at the end, and those with three machines beside those with one, because two processors carry no more.
 */
const long = [
  'test/e2e/rollout/rollout.test.ts',
  'test/e2e/bench/smallest.test.ts',
  'test/bench/smallest.vm.test.ts',
  'test/components/rollout/vm/power-cuts/power-cuts.vm.test.ts',
  'test/components/rollout/vm/upgrade.vm.test.ts',
  'test/guest/writer/flash.vm.test.ts',
  'test/e2e/fleet/life.test.ts',
  'test/guest/appliance/upgrade.vm.test.ts',
  'test/e2e/kill/kill.test.ts',
  'test/components/network-boot/network-boot.vm.test.ts',
  'test/e2e/network-boot/network-boot.test.ts',
  'test/e2e/rollout/simulated-rollout.test.ts',
  'test/guest/appliance/boot.vm.test.ts',
  'test/e2e/bad-input/on-a-machine.test.ts',
];

/** Where a file stands: its place among the long ones; all others come after them. */
export function placeOf(path: string): number {
  const place = long.findIndex((end) => path.endsWith(end));
  return place < 0 ? long.length : place;
}

/** Vitest's order of files, with the long ones first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.toSorted((one, other) => placeOf(one.moduleId) - placeOf(other.moduleId));
  }
}
