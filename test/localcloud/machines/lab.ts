import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RescueSystem } from '../../../localcloud/machines/command-line.ts';
import type {
  MachineDriver,
  MachineSpec,
  SerialViewer,
} from '../../../localcloud/machines/machine-driver.ts';
import { metadataSocketPath } from '../../../localcloud/machines/machine-files.ts';
import { openQemuDriver } from '../../../localcloud/machines/qemu-driver.ts';
import { cacheFolder } from '../../../scripts/setup/folders.ts';

/** A folder with a driver of its own for one test file. */
export interface Lab {
  readonly folder: string;
  readonly driver: MachineDriver;
  readonly log: readonly string[];
  /** A machine with one empty disk of 64 MiB. */
  spec(id: string, changes?: Partial<MachineSpec>): Promise<MachineSpec>;
  /** Opens another driver on the same folder, as a new daemon does. */
  reopen(): Promise<MachineDriver>;
  /** Ends every machine and says which processes are left. */
  close(): Promise<readonly string[]>;
}

/** @param name becomes part of the folder's name, with characters that need quoting in it */
export async function openLab(name = 'lab, a', rescueSystem?: RescueSystem): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), `bf ${name}-`));
  const log: string[] = [];
  const options = {
    folder: join(folder, 'm'),
    cacheFolder: cacheFolder(),
    portOffset: 20000,
    endsWithUs: true,
    ...(rescueSystem ? { rescueSystem: () => Promise.resolve(rescueSystem) } : {}),
    log: (line: string) => log.push(line),
  };
  const driver = await openQemuDriver(options);
  const drivers = [driver];
  let machines = 0;
  return {
    folder,
    driver,
    log,
    spec: async (id, changes) => {
      const disk = join(folder, `${id}.raw`);
      const file = await open(disk, 'a');
      await file.truncate(64 * 1024 * 1024);
      await file.close();
      machines += 1;
      return {
        id,
        serverType: 'START1-XS',
        bootSource: 'network',
        disks: [disk],
        // Spread over processes, so that two test runs on one machine do not meet.
        address: `127.66.${200 + (process.pid % 50)}.${machines}`,
        macAddress: `de:00:00:00:00:0${machines}`,
        ports: [22, 80],
        reach: { kind: 'closed', storagePort: undefined },
        metadataSocket: metadataSocketPath(join(folder, 'm'), id),
        ...changes,
      };
    },
    reopen: async () => {
      const another = await openQemuDriver(options);
      drivers.push(another);
      return another;
    },
    close: async () => {
      for (const one of drivers) await one.stopAll();
      const left = await processesNaming(folder);
      await rm(folder, { recursive: true, force: true });
      return left;
    },
  };
}

/** Command lines of living processes (no zombies) that name this folder. */
export async function processesNaming(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(folder)) found.push(`${pid}: ${commandLine.replaceAll('\0', ' ')}`);
  }
  return found;
}

/** Reads a serial line as a person would: waits for text, types with each character's echo awaited. */
export class Reader {
  text = '';
  readonly #viewer: SerialViewer;
  readonly #waiting = new Set<() => void>();

  constructor(viewer: SerialViewer) {
    this.#viewer = viewer;
    viewer.onData((bytes) => {
      this.text += Buffer.from(bytes).toString('latin1');
      for (const look of [...this.#waiting]) look();
      this.#waiting.clear();
    });
  }

  /** Waits until `wanted` is seen at or after `from`; resolves to the position after it. */
  async until(wanted: string, from = 0, seconds = 40): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new Error(`no ${JSON.stringify(wanted)} in ${JSON.stringify(this.text.slice(from).slice(-800))}`),
        );
      }, seconds * 1000);
    });
    try {
      for (;;) {
        const at = this.text.indexOf(wanted, from);
        if (at >= 0) return at + wanted.length;
        await Promise.race([new Promise<void>((resolve) => this.#waiting.add(resolve)), late]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  send(text: string): void {
    this.#viewer.write(Buffer.from(text, 'latin1'));
  }

  /** Types a line into iPXE and waits for the next prompt; resolves to what came between. */
  async command(line: string, seconds = 40): Promise<string> {
    for (const character of line) {
      const before = this.text.length;
      this.send(character);
      await this.until(character, before, seconds);
    }
    const start = this.text.length;
    this.send('\r');
    const end = await this.until('iPXE>', start, seconds);
    return this.text.slice(start, end);
  }

  /** From power-on to iPXE's prompt. The ROM's first banner may pass before a key is read: each one is answered. */
  async ipxePrompt(from = 0, seconds = 60): Promise<void> {
    let answered = from;
    for (;;) {
      const seen = await this.until('Press Ctrl-B', answered, seconds);
      if (this.text.includes('iPXE>', from)) return;
      this.send('\x02');
      answered = seen;
      await Promise.race([this.until('iPXE>', from, seconds), this.until('Press Ctrl-B', answered, seconds)]);
      if (this.text.includes('iPXE>', from)) return;
    }
  }

  detach(): void {
    this.#viewer.detach();
  }
}

/**
 * A boot sector that says `disk-boot` on the serial line, then echoes what is typed; `q` switches the machine off by
 * ACPI (port 0x604, where SeaBIOS puts the power management of both machine types).
 */
export async function writeBootSector(disk: string): Promise<void> {
  const code = [
    // Without interrupts: at each tick SeaBIOS would take a key from the serial line for itself.
    ...[0xfa, 0xfc, 0x31, 0xc0, 0x8e, 0xd8], // cli; cld; xor ax,ax; mov ds,ax
    ...[0xba, 0xf8, 0x03, 0xbe, 0x34, 0x7c], // mov dx,0x3f8; mov si,0x7c34
    ...[0xac, 0x84, 0xc0, 0x74, 0x03, 0xee, 0xeb, 0xf8], // lodsb; test al,al; jz +3; out dx,al; jmp lodsb
    ...[0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb], // wait: mov dx,0x3fd; in al,dx; test al,1; jz in
    ...[0xba, 0xf8, 0x03, 0xec, 0x3c, 0x71, 0x74, 0x03], // mov dx,0x3f8; in al,dx; cmp al,'q'; je off
    ...[0xee, 0xeb, 0xed], // out dx,al; jmp wait
    ...[0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef, 0xf4, 0xeb, 0xfd], // off: mov dx,0x604; mov ax,0x2000; out dx,ax; hlt
  ];
  const sector = Buffer.alloc(512);
  Buffer.from(code).copy(sector);
  sector.write('disk-boot\r\n\0', 0x34, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  const file = await open(disk, 'r+');
  await file.write(sector, 0, 512, 0);
  await file.close();
}

/** Writes a script file for a child process; Node runs it as it is. */
export async function writeScript(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}
