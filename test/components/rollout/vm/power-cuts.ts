import { setTimeout as pause } from 'node:timers/promises';
import { isSuccess } from '../../../../components/rollout/slot-upgrade/outcome.ts';
import { QemuMachine } from './qemu-machine.ts';
import type { TestImage } from './test-images.ts';

/** What one cut came to. */
export interface Cut {
  /** The step that the cut was aimed at, and seconds after it began. */
  readonly aim: string;
  readonly after: number;
  /** The last step that was reported before. */
  readonly during: string;
  /** What ran after power was back. */
  readonly build: string;
  readonly slot: string;
  /** How the upgrade after it ended; empty when it was cut as well. */
  readonly next: string;
}

/** Numbers between 0 and 1 that a seed determines. Source: mulberry32, public domain. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Where cuts are aimed at: the beginning of a step's text, and the longest time behind it. Aimed by step and not by
 * time alone, because on a slow machine nearly all the time is transfer, and the dangerous steps are short.
 */
const aims = [
  { step: 'sending', most: 15 },
  { step: 'digest confirmed', most: 4 },
  { step: 'rebooting', most: 4 },
  { step: 'rebooting', most: 30 },
] as const;

/**
 * Cuts a machine's power at random moments of its upgrades between two builds. After each cut power comes back, and the
 * machine must come up on one of the two by itself; then the next upgrade must be able to go on.
 *
 * @param always whether an upgrade is let complete after each cut; else only after the last.
 * @throws when a machine does not come up, runs an unknown build, or does not complete.
 */
export async function cutPower(
  machine: QemuMachine,
  images: readonly [TestImage, TestImage],
  { cuts, seed, always, onCut }: { cuts: number; seed: number; always: boolean; onCut?: (cut: Cut) => void },
): Promise<readonly Cut[]> {
  const random = randomFrom(seed);
  const policy = {
    allowDowngrade: true,
    deadlines: { contact: '90s', boot: '90s', failBack: '90s' },
  } as const;
  const done: Cut[] = [];
  const wantedAfter = (build: string): TestImage => (build === images[0].build ? images[1] : images[0]);
  let wanted = images[1];
  for (let i = 0; i < cuts; i += 1) {
    const { step, most } = aims[Math.floor(random() * aims.length)] ?? aims[0];
    const after = Math.round(random() * most * 10) / 10;
    let during = 'begin';
    const stop = new AbortController();
    const reached = Promise.withResolvers<undefined>();
    const upgrade = machine.upgrade(wanted, policy, stop.signal, (text) => {
      if (!stop.signal.aborted) during = text;
      if (text.startsWith(step)) reached.resolve(undefined);
    });
    // A switch sends nothing: an upgrade that ends without the step is cut at its end.
    await Promise.race([reached.promise, upgrade]);
    await pause(after * 1000);
    stop.abort();
    await machine.cutPower();
    const [build, slot] = await comeUp(machine, images);
    // The effects of the upgrade that was cut must have ended: like a process that died, it does nothing any more.
    await upgrade;
    let next = '';
    if (always || i === cuts - 1) {
      next = (await machine.upgrade(wanted, policy)).outcome;
      if (!isSuccess(next as never))
        throw new Error(
          `seed ${seed}: after cut ${i + 1} (${after} s, ${during}) the next upgrade ended as ${next}`,
        );
    }
    const running = next === '' ? build : wanted.build;
    const cut = { aim: step, after, during, build, slot, next };
    done.push(cut);
    onCut?.(cut);
    // A build that was reached is left again, so that every cut hits an upgrade.
    if (running === wanted.build) wanted = wantedAfter(running);
  }
  return done;
}

async function comeUp(
  machine: QemuMachine,
  images: readonly TestImage[],
): Promise<[build: string, slot: string]> {
  await machine.powerOn();
  const text = await machine.shell(
    "sed -n 's/^build date: //p' /resflash/BUILD; mount | sed -n 's|^/dev/sd0\\(.\\) on / .*|\\1|p'",
  );
  const [build = '', slot = ''] = text.trim().split('\n');
  if (!images.some((image) => image.build === build)) throw new Error(`it came up with build "${build}"`);
  return [build, slot];
}
