import { advance, startUpgrade } from '../../../../components/rollout/slot-upgrade/state-machine.ts';
import type {
  Command,
  Event,
  UpgradeGoal,
  UpgradeState,
} from '../../../../components/rollout/slot-upgrade/upgrade-state.ts';
import { digestOf, observation, onNew } from './observations.ts';

/** What the machine shall run: build 2. */
export const wanted = { build: '2', sha256: digestOf('2'), bytes: 1000 };
export const goal: UpgradeGoal = { wanted, allowDowngrade: false, onFailure: 'rollback' };

/** What came out of a run: every command, the events that were not ignored, the state at its end. */
export interface Ran {
  readonly commands: readonly Command[];
  readonly heard: readonly Event[];
  readonly state: UpgradeState;
}

/** Feeds events in. */
export function run(events: readonly Event[], given = goal): Ran {
  let { state, command } = startUpgrade(given);
  const commands: Command[] = command ? [command] : [];
  const heard: Event[] = [];
  for (const event of events) {
    ({ state, command } = advance(state, event));
    if (!command) continue;
    commands.push(command);
    heard.push(event);
  }
  return { commands, heard, state };
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
