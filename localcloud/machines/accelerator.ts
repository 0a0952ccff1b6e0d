import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hostBootId } from './process-identity.ts';

/** How guests' processors run, and why so. */
export interface Accelerator {
  readonly kind: 'kvm' | 'tcg';
  /** One sentence for a person. */
  readonly reason: string;
}

/** Status with which QEMU ends once the probe's boot sector ran: `isa-debug-exit` gives 2 x value + 1. */
const probePassed = 33;

/**
 * A boot sector that writes 16 to port 0xf4 and halts:
 * `mov dx,0xf4; mov al,16; out dx,al; hlt; jmp $-1`.
 */
export function probeSector(): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set([0xba, 0xf4, 0x00, 0xb0, 0x10, 0xee, 0xf4, 0xeb, 0xfd]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/**
 * Boots a sector under an accelerator. That `/dev/kvm` can be opened proves little: in nested virtual machines it can
 * fail at the first instruction.
 *
 * @param seconds how long it may take; default 8. TCG needs 0.3.
 * @returns `undefined` when it ran, else what went wrong
 */
export async function probeAccelerator(kind: 'kvm' | 'tcg', seconds = 8): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-probe-'));
  try {
    const image = join(folder, 'sector');
    await writeFile(image, probeSector());
    const qemu = spawn(
      'qemu-system-x86_64',
      [
        ...['-machine', 'pc,graphics=off', '-accel', kind, '-cpu', 'max,la57=off', '-m', '64'],
        ...['-nodefaults', '-no-user-config', '-display', 'none'],
        ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
        ...['-drive', `file=${image},format=raw,if=ide,snapshot=on`],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], timeout: seconds * 1000, killSignal: 'SIGKILL' },
    );
    let said = '';
    qemu.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    const [code, signal] = (await once(qemu, 'close')) as [number | null, string | null];
    if (code === probePassed) return undefined;
    if (signal === 'SIGKILL') return `a boot sector did not run within ${seconds} s`;
    return `QEMU ended with ${signal ?? `status ${code ?? 'unknown'}`}: ${said.trim().split('\n')[0] ?? ''}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Chooses KVM where it really boots something, TCG elsewhere. The answer is kept in `cacheFolder` until the host boots
 * again; a host without a usable `/dev/kvm` is not probed at all.
 */
export async function chooseAccelerator(cacheFolder: string, probe = probeAccelerator): Promise<Accelerator> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { kind: 'tcg', reason: `/dev/kvm cannot be used (${code}): processors are emulated` };
  }
  const file = join(cacheFolder, 'accelerator.json');
  const bootId = await hostBootId();
  const known = parseCached(await readFile(file, 'utf8').catch(() => ''), bootId);
  if (known) return known;
  const problem = await probe('kvm');
  const found: Accelerator =
    problem === undefined
      ? { kind: 'kvm', reason: 'a boot sector ran under KVM' }
      : { kind: 'tcg', reason: `KVM does not work here (${problem}): processors are emulated` };
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify({ bootId, ...found }));
  await rename(unfinished, file);
  return found;
}

/** A kept answer, if it is one and of this boot. */
export function parseCached(text: string, bootId: string): Accelerator | undefined {
  try {
    const kept = JSON.parse(text) as Partial<Accelerator & { bootId: string }> | null;
    if (kept?.bootId !== bootId || typeof kept.reason !== 'string') return undefined;
    return kept.kind === 'kvm' || kept.kind === 'tcg' ? { kind: kept.kind, reason: kept.reason } : undefined;
  } catch {
    return undefined;
  }
}
