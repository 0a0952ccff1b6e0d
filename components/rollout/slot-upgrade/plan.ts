import { estimateModes, type SendFacts } from '../../../transfer/delta/choose-mode.ts';
import { formatBytes } from '../byte-size.ts';
import { formatSeconds } from '../duration.ts';
import { compareBuilds, unknownBuilds } from './builds.ts';
import { describeMisfit, fitOf } from './fit.ts';
import type { SlotImageFacts, SlotUpgradeInputs, UpgradePlan } from './args.ts';

/** What is remembered of a machine between two runs, in a file beside the stack's data; never needed, only better. */
export interface MachineMemory {
  /** Empty when unknown. */
  readonly build: string;
  readonly slot: string;
  /** SHA-256 of the image that the running slot, and the other one, hold; absent where unknown. */
  readonly sha256?: string | undefined;
  readonly otherSha256?: string | undefined;
  /** Bytes a second of the last transfer over the wire. */
  readonly linkRate: number;
  /** Seconds of everything but the transfer. */
  readonly overhead: number;
  /** As its `uname -m` said, and bytes of its slots; absent in memories of earlier versions. */
  readonly architecture?: string | undefined;
  readonly slotBytes?: number | undefined;
  /** Letter of the other slot; absent in memories of earlier versions. */
  readonly otherSlot?: string | undefined;
}

/** Taken when nothing is remembered: measured on the stand-in appliance without KVM. */
const guess = { linkRate: 10e6, readRate: 60e6, overhead: 40 };

/**
 * What the upgrade of one machine will be, as far as this side knows. It asks no machine: preview stays offline.
 */
export function planOf(
  inputs: Pick<SlotUpgradeInputs, 'policy' | 'wave' | 'skip'>,
  found: SlotImageFacts,
  memory: MachineMemory | undefined,
): UpgradePlan {
  const { policy, wave, skip } = inputs;
  const base = {
    from: memory?.build ?? '',
    to: found.build,
    wave: skip === '' ? wave.name : `${wave.name} (${skip})`,
  };
  if (memory?.sha256 === found.sha256)
    return { ...base, slot: memory.slot, bytes: formatBytes(0), time: formatSeconds(2) };
  const { misfit, unknown: unfit } = fitOf(found, memory ?? {});
  const unknown = [
    ...unfit,
    ...unknownBuilds(found.build, memory ? memory.build : '?'),
    ...unknownContent(found, memory),
  ];
  const open = {
    ...(unknown.length > 0 && { unknown: unknown.join(', ') }),
    ...(misfit && { refused: describeMisfit(misfit) }),
  };
  const slot = memory === undefined ? '?' : (memory.otherSlot ?? (memory.slot === 'd' ? 'e' : 'd'));
  if (memory?.otherSha256 === found.sha256)
    return { ...base, slot, bytes: formatBytes(0), time: formatSeconds(memory.overhead), ...open };
  const facts: SendFacts = {
    bytes: found.bytes,
    linkRate: policy.transfer.limit ?? known(memory?.linkRate) ?? guess.linkRate,
    readRate: guess.readRate,
    unpacks: true,
    changedShare: 0.12,
  };
  const ways = estimateModes(facts);
  const way =
    (policy.transfer.mode === 'auto' ? ways[0] : ways.find(({ mode }) => mode === policy.transfer.mode)) ??
    ways[0];
  const seconds = (way?.seconds ?? 0) + (known(memory?.overhead) ?? guess.overhead);
  return {
    ...base,
    slot,
    bytes: `about ${formatBytes(way?.wire ?? found.bytes)}`,
    time: `about ${formatSeconds(seconds)}`,
    ...open,
  };
}

/** A machine that bears the wanted name already, but whose content is unknown: its slot is read first. */
function unknownContent(found: SlotImageFacts, memory: MachineMemory | undefined): string[] {
  const open = memory?.sha256 === undefined && compareBuilds(memory?.build, found.build) === 'same';
  return open ? ['content of its running slot, which is read first'] : [];
}

/** Nothing measured yet is remembered as 0. */
function known(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}
