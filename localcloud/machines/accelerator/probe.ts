import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootfleetError, summaryOf } from '../../../errors/error.ts';
import { machineNotStarted } from '../../../errors/localcloud.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { SerialHub } from '../../serial/serial-hub.ts';
import { findUefiFirmware } from '../firmware.ts';
import { launch } from '../launch.ts';
import { machineFiles } from '../machine-files.ts';
import type { RunningMachine } from '../running-machine.ts';
import { machineType, machineTypeNames, type MachineType } from '../server-types.ts';
import { judge, probeMacAddress, silence, type Observation } from './judge.ts';

/**
 * How a probe ended. `unknown`: it could not be made, and not because of the accelerator (no QEMU, no firmware, no
 * memory, no space): such an answer is not worth keeping.
 */
export type Verdict =
  { readonly kind: 'works' } | { readonly kind: 'fails' | 'unknown'; readonly problem: string };

/** Seconds for the whole probe. Emulated it takes 1 to 3 with a BIOS, 5 to 8 with UEFI; under a good KVM half a second. */
const probeSeconds = { bios: 10, uefi: 25 } as const;

/**
 * Boots the machine that servers are, with its firmware and iPXE, under an accelerator, and talks to iPXE's prompt. That
 * `/dev/kvm` can be opened proves little, and so does a boot sector: in nested virtual machines without unrestricted
 * guests, iPXE's switches to real mode are what fails, seconds after its start.
 *
 * @param seconds how long all of it may take
 */
export async function probeAccelerator(
  kind: 'kvm' | 'tcg',
  firmware: MachineType['firmware'],
  seconds: number = probeSeconds[firmware],
): Promise<Verdict> {
  const deadline = Deadline.after(seconds);
  const folder = await mkdtemp(join(tmpdir(), 'bf-probe-'));
  const files = machineFiles(folder, 'probe');
  const serial = new SerialHub(files);
  let machine: RunningMachine | undefined;
  try {
    const watched = watch(serial, seconds, deadline);
    machine = await launch(await probedMachine(kind, firmware, folder), {
      serial,
      endsWithUs: true,
      deadline,
    });
    watched.follow(machine);
    return await watched.verdict;
  } catch (thrown) {
    return launchVerdict(thrown, { late: deadline.passed, seconds });
  } finally {
    await machine?.cutPower();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a machine that was not even started tells of the accelerator. Pure. */
export function launchVerdict(
  thrown: unknown,
  { late, seconds }: { readonly late: boolean; readonly seconds: number },
): Verdict {
  const notStarted = thrown instanceof BootfleetError && thrown.code === machineNotStarted.definition.code;
  if (!notStarted) return { kind: 'unknown', problem: summaryOf(thrown) };
  const { said, how } = thrown.facts;
  // Without a word about KVM it may have been anything: no memory, say.
  if (/kvm/i.test(String(said))) return { kind: 'fails', problem: `QEMU ${String(how)}: ${String(said)}` };
  return { kind: 'unknown', problem: late ? `QEMU did not start within ${seconds} s` : thrown.summary };
}

async function probedMachine(
  accelerator: 'kvm' | 'tcg',
  firmware: MachineType['firmware'],
  folder: string,
): Promise<Parameters<typeof launch>[0]> {
  const serverType = machineTypeNames.find((name) => machineType(name)?.firmware === firmware) ?? '';
  const type = machineType(serverType);
  if (type === undefined) throw new Error(`no server type boots by ${firmware}`);
  const files = machineFiles(folder, 'probe');
  return {
    spec: {
      id: 'probe',
      serverType,
      bootSource: 'network',
      disks: [],
      // Not used: no port of the guest is offered.
      address: '127.66.0.0',
      ports: [],
      macAddress: probeMacAddress,
      metadataSocket: files.metadataSocket,
      reach: { kind: 'closed', storagePort: undefined },
    },
    type,
    files,
    accelerator,
    portOffset: 0,
    ...(firmware === 'uefi' ? { uefi: await findUefiFirmware() } : {}),
  };
}

/** Feeds the judge with what is seen, and presses the keys that it wants. */
function watch(
  serial: SerialHub,
  seconds: number,
  deadline: Deadline,
): { readonly verdict: Promise<Verdict>; follow(machine: RunningMachine): void } {
  const { promise, resolve } = Promise.withResolvers<Verdict>();
  const viewer = serial.attach();
  let dialogue = silence;
  const see = (observation: Observation): void => {
    const next = judge(dialogue, observation);
    if (next.kind !== 'wait') {
      viewer.detach();
      resolve(next);
      return;
    }
    dialogue = next.dialogue;
    if (next.keys !== '') viewer.write(Buffer.from(next.keys, 'latin1'));
  };
  viewer.onData((bytes) => {
    see({ seen: 'console', text: Buffer.from(bytes).toString('latin1') });
  });
  return {
    verdict: promise,
    follow: (machine) => {
      machine.onProcessor((stopped) => {
        if (stopped !== undefined) see({ seen: 'stopped', why: stopped.why });
      });
      void machine.ended.then(({ code, signal, log }) => {
        see({ seen: 'ended', how: log || (signal ?? `status ${code ?? 'unknown'}`) });
      });
      const late = (): void => {
        see({ seen: 'late', seconds });
      };
      if (deadline.passed) late();
      else deadline.signal.addEventListener('abort', late, { once: true });
    },
  };
}
