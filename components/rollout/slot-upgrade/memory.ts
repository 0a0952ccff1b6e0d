import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { summaryOf } from '../../../errors/error.ts';
import { reportRemark } from '../../progress.ts';
import { stackFolderOf } from '../../stack-folder.ts';
import type { KnownInputs, SlotImageFacts } from './args.ts';
import { otherSlot, runningRecord, type Observation } from './observation.ts';
import { isSuccess } from './outcome.ts';
import type { MachineMemory } from './plan.ts';
import type { UpgradeReport } from './run.ts';

/** What is remembered of a machine, or undefined; a damaged file counts as none. */
export async function recall(resourceUrn: string, machine: string): Promise<MachineMemory | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(resourceUrn, machine), 'utf8')) as MachineMemory;
  } catch {
    // Absent, as in a fresh checkout: the plan then says what it does not know.
    return undefined;
  }
}

/**
 * Remembers how an upgrade went, for the next plan.
 *
 * @param seen the machine as it was seen last; undefined when it did not answer.
 */
export async function remember(
  { resourceUrn, machine, found }: Pick<KnownInputs, 'resourceUrn' | 'machine' | 'found'>,
  report: UpgradeReport,
  seen?: Observation,
): Promise<void> {
  const before = await recall(resourceUrn, machine);
  const memory = memoryOf(before, report, found, seen);
  if (memory !== undefined) await write(resourceUrn, machine, memory);
}

/** Remembers what a machine runs that was moved without an upgrade. */
export async function rememberSeen(resourceUrn: string, machine: string, seen: Observation): Promise<void> {
  const before = await recall(resourceUrn, machine);
  const other = otherSlot(seen);
  await write(resourceUrn, machine, {
    linkRate: 0,
    overhead: 0,
    ...before,
    build: seen.build,
    slot: seen.running,
    sha256: runningRecord(seen)?.sha256,
    otherSha256: heldBeside(seen),
    architecture: seen.architecture,
    slotBytes: other?.bytes,
    otherSlot: other?.letter,
  });
}

/** A folder that is full or cannot be written is told of, and ends nothing: the machine itself is as it was seen. */
async function write(resourceUrn: string, machine: string, memory: MachineMemory): Promise<void> {
  const file = fileOf(resourceUrn, machine);
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, JSON.stringify(memory));
    await rename(temporary, file);
  } catch (error) {
    const text = `what was seen of it is not remembered here, so that the next plan may know less: ${summaryOf(error)}`;
    await reportRemark(resourceUrn, 'warning', `${machine}: ${text}`);
    // Half a file beside the whole one would take the room that is missing.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Bytes from which on a transfer tells how fast the link is: one of less is spent on comparing, not on sending. */
const leastTelling = 1_000_000;

/**
 * What is remembered after an upgrade; undefined when it taught nothing. Pure.
 *
 * @param found the image that the machine was to run.
 */
export function memoryOf(
  before: MachineMemory | undefined,
  report: UpgradeReport,
  found: Pick<SlotImageFacts, 'sha256'>,
  seen: Observation | undefined,
): MachineMemory | undefined {
  if (report.slot === '') return undefined;
  const { transfer = 0, index: _index, wait: _wait, ...rest } = report.seconds;
  const telling = report.bytes >= leastTelling && transfer > 0;
  const here = seen?.running === report.slot ? seen : undefined;
  const sha256 = isSuccess(report.outcome) ? found.sha256 : here && runningRecord(here)?.sha256;
  const otherSha256 = here ? heldBeside(here) : before?.slot === report.slot ? before.otherSha256 : undefined;
  const architecture = seen?.architecture ?? before?.architecture;
  const slotBytes = (seen && otherSlot(seen)?.bytes) ?? before?.slotBytes;
  const letter = letterBeside(report.slot, before, seen);
  return {
    build: report.to,
    slot: report.slot,
    linkRate: telling ? Math.round(report.bytes / transfer) : (before?.linkRate ?? 0),
    overhead:
      report.outcome === 'unchanged'
        ? (before?.overhead ?? 0)
        : Math.round(Object.values(rest).reduce((sum, s) => sum + s, 0)),
    ...(sha256 !== undefined && { sha256 }),
    ...(otherSha256 !== undefined && { otherSha256 }),
    ...(architecture !== undefined && { architecture }),
    ...(slotBytes !== undefined && { slotBytes }),
    ...(letter !== undefined && { otherSlot: letter }),
  };
}

/** The image in the slot that does not run, where its record says that it was written whole: a switch brings it. */
function heldBeside(seen: Observation): string | undefined {
  const record = otherSlot(seen)?.record;
  const whole = record?.state === 'complete' || record?.state === 'proven';
  return whole && record.readBack !== undefined ? record.sha256 : undefined;
}

/** Letter of the slot beside the given one, as far as what is known is about a machine that runs from that. */
function letterBeside(
  slot: string,
  before: MachineMemory | undefined,
  seen: Observation | undefined,
): string | undefined {
  if (seen?.running === slot) return otherSlot(seen)?.letter;
  return before?.slot === slot ? before.otherSlot : undefined;
}

function fileOf(resourceUrn: string, machine: string): string {
  return path.join(
    stackFolderOf(resourceUrn),
    'machines',
    `${machine.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.json`,
  );
}
