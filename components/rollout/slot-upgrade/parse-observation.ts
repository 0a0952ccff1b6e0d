import { buildOf } from '../../../remote/running-system.ts';
import type { Answer } from '../../../transfer/target/answers.ts';
import type { Observation, Slot, SlotRecord } from './observation.ts';

const states = ['writing', 'confirmed', 'complete', 'proven'] as const;

/** What a machine can do, beside what it runs. */
export interface MachineMeans {
  /** It can unpack deflate. */
  readonly unpacks: boolean;
  /** Bytes a second at which it hashes. */
  readonly hashRate: number;
}

/**
 * Reads the lines of the agent's `observe`.
 *
 * @throws Error when they do not describe a machine with slots.
 */
export function parseObservation(answers: readonly Answer[]): { seen: Observation; means: MachineMeans } {
  const head = answers.find((answer) => answer.has('running'));
  if (!head) throw new Error('the machine did not say which slot runs');
  const text = (key: string): string => head.get(key) ?? '';
  const next = text('next');
  const seen: Observation = {
    running: text('running'),
    next: next === '' ? undefined : next,
    build: buildOf(text('buildfile')),
    architecture: text('architecture'),
    bootId: text('boot'),
    uptime: Number(text('uptime')),
    cfgFree: Number(text('cfgfree')),
    ...(text('loaders') !== '' && { loaders: text('loaders') }),
    slots: answers.filter((answer) => answer.has('slot')).map(slotOf),
  };
  return { seen, means: { unpacks: text('zlib') === '1', hashRate: Number(text('hashrate')) || 20e6 } };
}

function slotOf(answer: Answer): Slot {
  return { letter: answer.get('slot') ?? '', bytes: Number(answer.get('size')), record: recordOf(answer) };
}

/** A record that is not whole counts as none: the slot is unknown. */
function recordOf(answer: Answer): SlotRecord | undefined {
  const state = states.find((one) => one === answer.get('state'));
  const [build, sha256, bytes, readBack] = ['build', 'sha256', 'bytes', 'readback'].map(
    (key) => answer.get(key) ?? '',
  );
  // The build may be unknown.
  if (!state || !/^[0-9a-f]{64}$/.test(sha256 ?? '') || !(Number(bytes) > 0)) return undefined;
  return {
    state,
    build: build ?? '',
    sha256: sha256 ?? '',
    bytes: Number(bytes),
    readBack: /^[0-9a-f]{64}$/.test(readBack ?? '') ? readBack : undefined,
  };
}
