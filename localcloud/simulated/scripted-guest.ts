import type { MachineSpec, SerialViewer } from '../machines/machine-driver.ts';
import { ScriptedIpxe, ipxeBanner, ipxePrompt } from './scripted-ipxe.ts';
import { ScriptedLine } from './scripted-line.ts';
import { keptHostKey, serveScriptedSsh, type ScriptedHostKey, type ScriptedSsh } from './scripted-ssh.ts';

/** What the guests need of the cloud around them. */
export interface ScriptedGuestParts {
  /** Added to port 22; see docs/architecture.md, "addresses". */
  readonly portOffset: number;
  readonly log: (line: string) => void;
  /** What a guest reports to its metadata address. */
  readonly report: (serverId: string, state: string) => Promise<void>;
  /** Where the guests' host key is kept: a real guest has its own on its disk, also after the daemon was killed. */
  readonly hostKeyFile: string;
}

/** Answer to every command over SSH: the mounts, build and boot.conf of a machine on its first slot. */
const answer = '/dev/sd0d on / type ffs (local, read-only)\n--\nversion: simulated\n--\nset device hd0d\n';

/** The largest boot script that is read, in bytes. */
const largestScript = 64 * 1024;

interface Guest {
  readonly line: ScriptedLine;
  /** Changes with each power-on and power-off: what an earlier power cycle began is over. */
  cycle: number;
  ssh: ScriptedSsh | undefined;
}

/**
 * Machines that play the console and the SSH port of a boot and do nothing else, for measuring bootfleet with many
 * servers. From the network: iPXE's banner, prompt and `chain`; the script is really fetched, its writer's image is
 * not: the writer's lines say at once that it was written. From the disk: the guest's lines, the report to the
 * metadata address, an SSH port. Everything takes no time at all.
 */
export class ScriptedGuests {
  readonly #parts: ScriptedGuestParts;
  readonly #guests = new Map<string, Guest>();
  #hostKey: Promise<ScriptedHostKey> | undefined;

  constructor(parts: ScriptedGuestParts) {
    this.#parts = parts;
  }

  attach(id: string): SerialViewer {
    return this.#guest(id).line.attach();
  }

  powerOn(spec: MachineSpec): void {
    const guest = this.#guest(spec.id);
    const cycle = (guest.cycle += 1);
    const play =
      spec.bootSource === 'network' ? this.#playNetwork(guest, cycle) : this.#playDisk(spec, guest, cycle);
    play.catch((thrown: unknown) => {
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      this.#parts.log(`scripted machine ${spec.id}: ${problem}`);
      guest.line.say(`\r\nscripted machine: ${problem}\r\n`);
    });
  }

  powerOff(id: string): void {
    const guest = this.#guest(id);
    guest.cycle += 1;
    guest.line.onTyped = undefined;
    guest.ssh?.close();
    guest.ssh = undefined;
  }

  forget(id: string): void {
    this.powerOff(id);
    this.#guests.delete(id);
  }

  #guest(id: string): Guest {
    const known = this.#guests.get(id);
    if (known) return known;
    const guest: Guest = { line: new ScriptedLine(), cycle: 0, ssh: undefined };
    this.#guests.set(id, guest);
    return guest;
  }

  async #playNetwork(guest: Guest, cycle: number): Promise<void> {
    const { line } = guest;
    const ipxe = new ScriptedIpxe();
    const chained = Promise.withResolvers<string>();
    line.onTyped = (text) => {
      const { shows, chain } = ipxe.type(text);
      line.say(shows);
      if (chain !== undefined) chained.resolve(chain);
    };
    line.say(ipxeBanner);
    const script = await fetchScript(await chained.promise);
    if (guest.cycle !== cycle) return;
    const wanted = writerOrders(script);
    line.say(' ok\r\n');
    if (wanted === undefined) {
      line.say(ipxePrompt);
      return;
    }
    const { sha256, size } = wanted;
    line.say(
      `bootfleet-writer: start disk=/dev/vda disk-bytes=${size} image-bytes=${size} sha256=${sha256}\r\n`,
    );
    line.say(`bootfleet-writer: done sha256=${sha256} bytes=${size} written=0 seconds=0\r\n`);
  }

  async #playDisk(spec: MachineSpec, guest: Guest, cycle: number): Promise<void> {
    this.#hostKey ??= keptHostKey(this.#parts.hostKeyFile);
    const hostKey = await this.#hostKey;
    const port = 22 + this.#parts.portOffset;
    const ssh = await serveScriptedSsh({ address: spec.address, port, hostKey, answer });
    if (guest.cycle !== cycle) {
      ssh.close();
      return;
    }
    guest.ssh = ssh;
    guest.line.say(`bootfleet-guest: ssh-host-key ${hostKey.publicKey}\r\n`);
    await this.#parts.report(spec.id, 'booted');
    guest.line.say('bootfleet-guest: booted build=simulated slot=d\r\n');
  }
}

/** The script at an address as a guest sees it; the object storage is on this machine's loopback. */
async function fetchScript(url: string): Promise<string> {
  const response = await fetch(url.replace('//169.254.42.2:', '//127.0.0.1:'));
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return (await response.text()).slice(0, largestScript);
}

/** What the flash writer is told in a script. Pure. */
export function writerOrders(script: string): { readonly sha256: string; readonly size: number } | undefined {
  const sha256 = /bootfleet\.sha256=([0-9a-f]{64})\b/.exec(script)?.[1];
  const size = /bootfleet\.size=(\d{1,16})\b/.exec(script)?.[1];
  return sha256 === undefined || size === undefined ? undefined : { sha256, size: Number(size) };
}
