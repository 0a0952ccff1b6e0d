import { readFile } from 'node:fs/promises';

/** One line of Pulumi's `--event-log`, as far as it is used; see `EngineEvent` in pulumi/sdk/go/common/apitype/events.go. */
interface EngineEvent {
  readonly diagnosticEvent?: { readonly urn?: string; readonly message: string };
  readonly resOutputsEvent?: { readonly metadata: { readonly urn: string; readonly op: string } };
  readonly resOpFailedEvent?: { readonly metadata: { readonly urn: string; readonly op: string } };
}

/** Something that a rollout did, in the order in which it happened. */
export interface Step {
  /** The machine's or the gate's name. */
  readonly name: string;
  readonly kind: 'begun' | 'ended' | 'failed';
}

/**
 * When machines were begun and ended, and when gates were decided, from the engine's own log. A machine that waits for
 * its turn is not begun; one that had nothing to do does not occur.
 */
export async function stepsOf(file: string): Promise<Step[]> {
  const steps: Step[] = [];
  const begun = new Set<string>();
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (line === '') continue;
    const event = JSON.parse(line) as EngineEvent;
    const { urn: about, message = '' } = event.diagnosticEvent ?? {};
    const machine = nameIn(about, 'SlotUpgrade');
    if (machine !== undefined && !begun.has(machine) && message.includes('asking what it runs')) {
      begun.add(machine);
      steps.push({ name: machine, kind: 'begun' });
    }
    const done = event.resOutputsEvent ?? event.resOpFailedEvent;
    const name = nameIn(done?.metadata.urn, 'SlotUpgrade') ?? nameIn(done?.metadata.urn, 'WaveGate');
    if (name === undefined || done?.metadata.op === 'same') continue;
    steps.push({ name, kind: event.resOpFailedEvent ? 'failed' : 'ended' });
  }
  return steps;
}

/** Most machines that were begun and not ended at one time. */
export function mostAtOnce(steps: readonly Step[]): number {
  const now = new Set<string>();
  let most = 0;
  for (const { name, kind } of steps) {
    if (kind === 'begun') now.add(name);
    else now.delete(name);
    most = Math.max(most, now.size);
  }
  return most;
}

function nameIn(urn: string | undefined, type: string): string | undefined {
  return urn?.includes(`bootfleet:${type}::`) ? urn.split('::').at(-1) : undefined;
}
