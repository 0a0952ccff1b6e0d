import { expect, test } from 'vitest';
import { resolvePolicy } from '../../../../components/rollout/policy.ts';
import type { KnownInputs, SlotImageFacts } from '../../../../components/rollout/slot-upgrade/args.ts';
import { goalOf } from '../../../../components/rollout/slot-upgrade/goal-of.ts';
import { machineOf } from '../../../../components/rollout/slot-upgrade/machine-of.ts';
import { runningIs } from '../../../../components/rollout/slot-upgrade/observation.ts';
import { runUpgrade, type UpgradeReport } from '../../../../components/rollout/slot-upgrade/run.ts';
import { simulatedTarget } from '../../../../components/rollout/slot-upgrade/simulated-target.ts';
import { upgradePolicy } from '../../../../components/rollout/upgrade-policy.ts';
import { digestOf } from './observations.ts';

/** An image of build 7, whatever is in it. */
const imageOf = (content: string): SlotImageFacts => ({
  build: '7',
  sha256: digestOf(content),
  sha512: '',
  bytes: 1000,
  verified: 'none',
});
const [first, rebuilt] = [imageOf('a'), imageOf('b')];

function inputsOf(machine: string, build: string, found: SlotImageFacts): KnownInputs {
  return {
    rollout: 'r',
    machine,
    target: simulatedTarget(machine, { build, sha256: first.sha256 }),
    image: { fs: 'edge.fs', checksums: [] },
    wave: { number: 1, name: 'canary' },
    skip: '',
    policy: upgradePolicy(resolvePolicy()),
    resourceUrn: 'urn:pulumi:test::bootfleet::pulumi-nodejs:dynamic/bootfleet:SlotUpgrade::one',
    found,
  };
}

function upgrade(inputs: KnownInputs): Promise<UpgradeReport> {
  return runUpgrade(machineOf(inputs), goalOf(inputs));
}

test('an image that was built again under its name reaches every machine: those that were upgraded, and the one installed with it', async () => {
  const fleet = [
    ['same-1', '6'],
    ['same-2', '6'],
    ['same-3', '7'],
  ] as const;
  const before = await Promise.all(fleet.map(([name, build]) => upgrade(inputsOf(name, build, first))));
  expect(before.map(({ outcome }) => outcome)).toEqual(['upgraded', 'upgraded', 'unchanged']);

  const after = await Promise.all(fleet.map(([name, build]) => upgrade(inputsOf(name, build, rebuilt))));
  expect(after.map(({ outcome }) => outcome)).toEqual(['upgraded', 'upgraded', 'upgraded']);
  for (const [name, build] of fleet) {
    const seen = await machineOf(inputsOf(name, build, rebuilt)).observe();
    expect(runningIs(seen, rebuilt)).toBe('wanted');
  }
});
