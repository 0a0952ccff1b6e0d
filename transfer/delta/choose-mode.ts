/** A way to send, once `auto` has been decided. */
export type SendMode = 'full' | 'compressed' | 'delta';

/** What is known before the first byte. */
export interface SendFacts {
  readonly bytes: number;
  /** Bytes a second over the link: the limit, or what the last transfer to this machine reached. */
  readonly linkRate: number;
  /** Bytes a second at which the machine reads and hashes a slot. */
  readonly readRate: number;
  /** True when the machine can unpack. */
  readonly unpacks: boolean;
  /** Share of blocks that change from build to build; 0.12 unless the last transfer says better. */
  readonly changedShare: number;
}

/** An estimate of one way. */
export interface SendEstimate {
  readonly mode: SendMode;
  readonly seconds: number;
  /** Bytes over the wire, both directions. */
  readonly wire: number;
}

/** What deflate leaves of a system image; measured in bench/delta.ts. */
const packedShare = 0.45;
/** Bytes a second that deflate packs on this side. */
const packRate = 40e6;

/**
 * Estimates every way, quickest first. Packing and sending overlap, so the slower of them counts; reading the slots
 * for their index comes before everything else.
 */
export function estimateModes({
  bytes,
  linkRate,
  readRate,
  unpacks,
  changedShare,
}: SendFacts): readonly SendEstimate[] {
  const share = unpacks ? packedShare : 1;
  const index = (2 * bytes * 8) / 4096;
  const send = (wire: number, packed: number): number => Math.max(wire / linkRate, packed / packRate);
  const estimates: SendEstimate[] = [
    { mode: 'full', wire: bytes, seconds: bytes / linkRate },
    {
      mode: 'delta',
      wire: bytes * changedShare * share + index,
      seconds: (2 * bytes) / readRate + send(bytes * changedShare * share + index, bytes * changedShare),
    },
  ];
  if (unpacks)
    estimates.push({ mode: 'compressed', wire: bytes * share, seconds: send(bytes * share, bytes) });
  return estimates.sort((a, b) => a.seconds - b.seconds);
}

/** How much longer a delta may take than the quickest way and still be chosen: it spares the link that others share. */
const patience = 1.5;

/** The quickest way by estimate, or a delta when that takes not much longer. */
export function chooseMode(facts: SendFacts): SendMode {
  const ways = estimateModes(facts);
  const delta = ways.find(({ mode }) => mode === 'delta');
  const best = ways[0];
  if (delta && best && delta.seconds <= best.seconds * patience) return 'delta';
  return best?.mode ?? 'full';
}
