import { machineChanges, type MachineChanges } from '../boot-mode/machine-changes.ts';
import { isUnknown } from '../unknown.ts';
import type { NetworkBootInputs, NetworkBootState } from './args.ts';
import { bootId } from './note.ts';

/** See `MachineChanges`. */
export interface Changes extends Omit<MachineChanges, 'replaced'> {
  /** The machine will be booted again. */
  readonly boots: boolean;
}

/** Arguments whose change is taken over without booting the machine. */
const harmless = ['machine', 'mode', 'proof', 'within', 'ssh', 'waits'] as const;

/** Compares state and arguments. Pure. A script that is about to be published anew is another one. */
export function changesOf(olds: NetworkBootState, news: NetworkBootInputs): Changes {
  const another = isUnknown(news.scriptUrl) || olds.boot !== bootId(news.scriptUrl, news.restart);
  const { replaced, ...result } = machineChanges(olds, news, harmless, reasonOf(olds, another));
  return { ...result, boots: !replaced && another };
}

function reasonOf({ power, proven }: NetworkBootState, another: boolean): string | undefined {
  const lost = 'it will be booted again from the network, and what it holds in memory only is lost';
  if (another) return `what it boots changed: ${lost}`;
  if (power !== 'running') return `it is ${power}: it will be booted from the network`;
  return proven
    ? undefined
    : `it was not found as it should be: it will be looked at, and if need be ${lost}`;
}
