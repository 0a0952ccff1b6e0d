import { reportProgress } from '../../progress.ts';
import { formatSeconds } from '../duration.ts';
import { interruption } from '../interrupt.ts';
import type { SlotImageFacts } from '../slot-upgrade/args.ts';
import { shownBuild } from '../slot-upgrade/builds.ts';
import { machineOf } from '../slot-upgrade/machine-of.ts';
import type { UpgradeMachine } from '../slot-upgrade/machine.ts';
import type { GateMachine, WaveGateInputs } from './args.ts';
import { runsWanted } from './bring-back.ts';
import { inputsOfMachine } from './one-machine.ts';
import { soak } from './soak.ts';

/** Seconds after which a machine is asked again what it runs: a login, where a health check may be one packet. */
const askAgain = 30;

/** Lets the machines of a wave soak. @returns those that turned sick, with the reason. */
export function watch(
  inputs: WaveGateInputs,
  machines: readonly GateMachine[],
): Promise<ReadonlyMap<string, string>> {
  const { soak: length, resourceUrn } = inputs;
  if (length === 0 || machines.length === 0) return Promise.resolve(new Map());
  const byName = new Map(machines.map((one) => [one.machine, one]));
  const asked = new Map<string, number>();
  return soak({
    machines: [...byName.keys()],
    length,
    check: async (name, last) => {
      const one = byName.get(name);
      if (!one) return;
      const known = await inputsOfMachine(inputs, one);
      const machine = machineOf(known);
      try {
        const before = asked.get(name);
        if (last || before === undefined || performance.now() - before > askAgain * 1000) {
          await runsItsBuild(machine, known.found);
          asked.set(name, performance.now());
        }
        await machine.checkHealth();
      } finally {
        await machine.close();
      }
    },
    signal: interruption(),
    onProgress: (left) => {
      reportProgress(resourceUrn, `soaking, ${formatSeconds(left)} left`);
    },
  });
}

/** Healthy is only who runs what it was upgraded to: the old build may pass every check. */
async function runsItsBuild(machine: UpgradeMachine, found: SlotImageFacts): Promise<void> {
  const seen = await machine.observe();
  if (!runsWanted(seen, found))
    throw new Error(
      `it runs ${shownBuild(seen.build)} from slot ${seen.running}, not ${shownBuild(found.build)}`,
    );
}
