import { join } from 'node:path';
import { connectRemote } from '../../../remote/connect.ts';
import type { RemoteSession } from '../../../remote/session.ts';
import { askAgent } from '../../../transfer/target/agent.ts';
import type { AgentArguments } from '../../../transfer/target/program.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText, type GroupPart, imageOf } from '../harness/fleet-file.ts';
import type { ServerOutput } from '../harness/machine.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';
import { build, buildOf, muteBuild } from './builds.ts';

/** What the fleet file says; changed by the tests. */
export interface Wanted {
  readonly count: number;
  /** Build that new machines are installed with. */
  readonly img: number;
  /** Build that all machines shall run; */
  readonly fs: number;
  /** File of the image `other`, for pins. */
  readonly other: string;
  /** What the group says beside its count. Default: nothing. */
  readonly group?: GroupPart;
  /** The rollout section besides health. */
  readonly rollout: Readonly<Record<string, unknown>>;
}

/** What a machine says of itself. */
export interface MachineFacts {
  readonly boot: string;
  readonly build: string;
  readonly slot: string;
}

/** Builds that fail: one whose health check answers 503, and one without an SSH server. */
export const bad = { unhealthy: `edge-${buildOf(3)}-unhealthy.fs`, mute: `edge-${buildOf(5)}-mute.fs` };

/** One embedded cloud and one stack of real machines for all rollout tests. */
export class Lab {
  readonly place: Workplace;
  readonly api: CloudApi;
  readonly stack: TestStack;
  #wanted: Wanted;

  /** @param images builds the images that the fleet file will name; default: all that the tests use. */
  static async open(wanted: Wanted, images: (place: Workplace) => Promise<void> = allBuilds): Promise<Lab> {
    // The engine's log of events is one of Pulumi's debugging options.
    const place = await openWorkplace({ PULUMI_DEBUG_COMMANDS: 'true' });
    const [endpoints] = await Promise.all([place.startCloud(), images(place)]);
    const stack = await createStack(place, fleetFile(wanted), 'waves');
    return new Lab(place, cloudApi(place, endpoints), stack, wanted);
  }

  private constructor(place: Workplace, api: CloudApi, stack: TestStack, wanted: Wanted) {
    this.place = place;
    this.api = api;
    this.stack = stack;
    this.#wanted = wanted;
  }

  /** Writes the fleet file anew. `rollout` is replaced as a whole. */
  async change(part: Partial<Wanted>): Promise<void> {
    this.#wanted = { ...this.#wanted, ...part };
    await this.stack.write(fleetFile(this.#wanted));
  }

  async servers(): Promise<Readonly<Record<string, ServerOutput>>> {
    return (await this.stack.outputs())['servers'] as Record<string, ServerOutput>;
  }

  /** Asks machines themselves, over SSH. Default: all. */
  async facts(...names: readonly string[]): Promise<Record<string, MachineFacts>> {
    const servers = await this.servers();
    const asked = names.length === 0 ? Object.keys(servers) : names;
    return Object.fromEntries(
      await Promise.all(asked.map(async (name) => [name, await this.#factsOf(name, servers)] as const)),
    );
  }

  /** Runs a shell script on a machine as root. */
  async shell(name: string, script: string): Promise<string> {
    return this.#run(name, await this.servers(), script);
  }

  /** How each machine's upgrade ended, from the state. */
  async outcomes(): Promise<Readonly<Record<string, unknown>>> {
    const state = JSON.parse(await this.stack.exported()) as {
      deployment: { resources: { urn: string; outputs?: Readonly<Record<string, unknown>> }[] };
    };
    const upgrades = state.deployment.resources.filter(({ urn }) => urn.includes('bootfleet:SlotUpgrade::'));
    return Object.fromEntries(upgrades.map(({ urn, outputs }) => [urn.split('::').at(-1) ?? '', outputs]));
  }

  /** Waits until a machine answers after another boot than the given one. */
  async rebooted(name: string, before: MachineFacts | undefined): Promise<void> {
    await poll({
      probe: async () => {
        const now = await this.facts(name).catch(() => undefined);
        return now !== undefined && now[name]?.boot !== before?.boot ? true : undefined;
      },
      deadline: Deadline.after(120),
      every: 0.5,
      onTimeout: () => new Error(`${name} did not reboot`),
    });
  }

  /** Takes the lock of a machine as another rollout of somebody else does. */
  async hold(
    name: string,
    holder: { readonly owner: string; readonly host: string },
  ): Promise<{ release(): Promise<void> }> {
    const id = 'f'.repeat(32);
    const time = new Date().toISOString();
    await this.#ask(name, 'lock', { id, ...holder, time, stale: 900 });
    return { release: () => this.#ask(name, 'unlock', { id, ...holder }) };
  }

  /** Ends every SSH session on a machine but the one that does it. */
  async cutOthers(name: string): Promise<void> {
    await this.shell(name, cutOthersScript);
  }

  async #ask(name: string, command: string, given: AgentArguments): Promise<void> {
    const session = await this.#connect(name, await this.servers());
    try {
      await askAgent({ machine: name, session }, command, given, Deadline.after(60));
    } finally {
      await session.close();
    }
  }

  async close(): Promise<void> {
    await this.place.close();
  }

  async #factsOf(name: string, servers: Readonly<Record<string, ServerOutput>>): Promise<MachineFacts> {
    const script = [
      'cat /proc/sys/kernel/random/boot_id',
      "sed -n 's/^build date: //p' /resflash/BUILD",
      "mount | sed -n 's|^/dev/sd0\\(.\\) on / .*|\\1|p'",
    ].join('; ');
    const [boot = '', version = '', slot = ''] = (await this.#run(name, servers, script)).split('\n');
    return { boot, build: version, slot };
  }

  async #run(name: string, servers: Readonly<Record<string, ServerOutput>>, script: string): Promise<string> {
    const session = await this.#connect(name, servers);
    try {
      return (await session.run(['sh', '-c', script], { deadline: Deadline.after(60) })).stdout;
    } finally {
      await session.close();
    }
  }

  async #connect(name: string, servers: Readonly<Record<string, ServerOutput>>): Promise<RemoteSession> {
    const server = servers[name];
    if (!server) throw new Error(`the stack has no ${name}`);
    return connectRemote({
      target: {
        machine: name,
        host: server.address,
        port: server.sshPort,
        user: 'root',
        keyFile: join(this.place.folder, 'keys', 'edge_ed25519'),
      },
      hostKey: server.hostKey,
      deadline: Deadline.after(90),
    });
  }
}

async function allBuilds(place: Workplace): Promise<void> {
  await build(place, 1);
  await Promise.all([build(place, 2), build(place, 3, 'unhealthy')]);
  await Promise.all([build(place, 4), build(place, 6)]);
  await muteBuild(place, 5);
}

/** Ends the children of the SSH server that are not on the way from this shell up to it. */
const cutOthersScript = `
mine=' '
at=$$
while [ "$at" -gt 1 ]; do mine="$mine$at "; set -- $(cat /proc/$at/stat); at=$4; done
for pid in $(pidof dropbear); do
  set -- $(cat /proc/$pid/stat)
  case "$mine" in *" $pid "*) ;; *) [ "$4" = 1 ] || kill -9 "$pid" ;; esac
done`;

function fleetFile({ count, img, fs, other, group, rollout }: Wanted): string {
  const image = imageOf(buildOf(img));
  const slot = `../images/edge-${buildOf(fs)}.fs`;
  return fleetText({
    fleet: 'waves',
    images: {
      edge: {
        ...image,
        fs: slot,
        checksum: [`${image.img}.cksum`, `${slot}.cksum`],
        signature: { signify: '../keys/edge.pub' },
      },
      other: { ...image, fs: `../images/${other}` },
    },
    groups: { edge: { count, ...group } },
    rollout: { health: [{ http: { port: 80, path: '/health', status: 200 }, retries: 3 }], ...rollout },
  });
}
