import { advance, startUpgrade } from '../../../../components/rollout/slot-upgrade/state-machine.ts';
import type {
  Command,
  Event,
  UpgradeState,
} from '../../../../components/rollout/slot-upgrade/upgrade-state.ts';
import { digestOf, observation, onNew } from './observations.ts';

/** What the machine shall run: build 2. */
export const wanted = { build: '2', sha256: digestOf('2'), bytes: 1000 };
export const goal = { wanted, allowDowngrade: false, onFailure: 'rollback' as const };

/** Feeds events in and returns every command that came out. */
export function run(events: readonly Event[], given = goal): { commands: Command[]; state: UpgradeState } {
  let { state, command } = startUpgrade(given);
  const commands: Command[] = command ? [command] : [];
  for (const event of events) {
    ({ state, command } = advance(state, event));
    if (command) commands.push(command);
  }
  return { commands, state };
}

/** What happens when all goes well. */
export const good: readonly Event[] = [
  { type: 'observed', seen: observation() },
  { type: 'locked' },
  { type: 'confirmed', slot: 'e', sha256: digestOf('2') },
  { type: 'written', slot: 'e' },
  { type: 'booted', seen: onNew },
  { type: 'healthy' },
  { type: 'recorded' },
];

/** The command that came out last. */
export const last = (commands: readonly Command[]): Command | undefined => commands.at(-1);
