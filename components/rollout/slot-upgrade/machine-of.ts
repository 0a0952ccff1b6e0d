import { connectCloud } from '../../../clouds/connect.ts';
import { reportProgress } from '../../progress.ts';
import { parseUrn } from '../../resource-urn.ts';
import { interruption } from '../interrupt.ts';
import type { KnownInputs } from './args.ts';
import type { UpgradeMachine } from './machine.ts';
import { simulatedMachine } from './simulated-machine.ts';
import { SshMachine } from './ssh-machine.ts';

/** The machine of a resource: over SSH and console, or simulated when its target says so. Nothing is connected yet. */
export function machineOf(inputs: KnownInputs): UpgradeMachine {
  if (inputs.target.simulated) return simulatedMachine(inputs, inputs.target.simulated);
  return new SshMachine({
    inputs,
    stack: parseUrn(inputs.resourceUrn).stack,
    connectCloud: () => connectCloud(inputs.target.cloud),
    progress: (text) => {
      reportProgress(inputs.resourceUrn, text);
    },
    signal: interruption(),
  });
}
