import { nearestWord } from '../errors/nearest-name.ts';
import { usageWrong } from '../errors/setup.ts';
import { cloudFolder } from '../localcloud/daemon/folder.ts';
import { parseLog } from '../localcloud/daemon/log.ts';
import { guestNetworkKinds, machineKinds, type DaemonOptions } from '../localcloud/daemon/options.ts';
import { resetCloud } from '../localcloud/daemon/reset.ts';
import { startDaemon } from '../localcloud/daemon/start.ts';
import { cloudStatus, type CloudStatus } from '../localcloud/daemon/status.ts';
import { stopDaemon } from '../localcloud/daemon/stop.ts';
import { Deadline } from '../waiting/deadline.ts';
import { wholeNumber } from './arguments.ts';
import { defineCommand } from './command.ts';
import { textIfThere } from './if-there.ts';
import { printJson, printLine } from './output.ts';

/** What is printed: lines for people, a value for `--json`. */
interface Output {
  readonly lines: readonly string[];
  readonly json: unknown;
  readonly status?: number;
}

/** `bootfleet local`: the embedded cloud. */
export const command = defineCommand({
  name: 'local',
  summary: 'start, stop and look at the embedded cloud',
  takes: ['<start|stop|status|reset|logs>'],
  about: `The embedded cloud: Scaleway's API, object storage and serial consoles on this machine, with QEMU machines as servers.
It lives in $BOOTFLEET_HOME/localcloud (default ~/.local/share/bootfleet/localcloud) and listens on 127.0.0.1 and
127.66.x.y only.

  start    starts the daemon and waits until it serves; servers that still run are taken over
  stop     switches all servers off and ends every process of it
  status   whether it runs, where, and with how many servers; exit status 1 when it does not run
  reset    stops it and deletes everything: servers, disks, objects, keys
  logs     what the daemon did`,
  options: {
    port: { value: 'PORT', says: 'start: port of the API (default: the last one, else any free one)' },
    machines: {
      value: 'KIND',
      says: `start: qemu (default); for tests of scale: simulated (nothing boots) or
scripted (nothing boots, but consoles and SSH play a boot)`,
    },
    network: {
      value: 'KIND',
      says: `start: what servers reach: closed (default: the object storage only) or open (also the
internet, and whatever listens on this machine's loopback)`,
    },
    'no-storage': { says: 'start: without object storage, for tests of scale' },
    timeout: { value: 'SECONDS', says: 'start, stop, reset: how long it may take (default 60)' },
    lines: { value: 'N', says: 'logs: the last N lines (default 200)' },
    json: { says: 'machine-readable output' },
  },
  examples: ['bootfleet local start', 'bootfleet local status --json', 'bootfleet local logs --lines 50'],
  async run({ values, positionals }) {
    const whole = (option: 'port' | 'timeout' | 'lines', least: number, most: number): number | undefined =>
      wholeNumber('local', option, values[option], least, most);
    const deadline = Deadline.after(whole('timeout', 1, 3600) ?? 60);
    const act: Record<string, () => Promise<Output>> = {
      start: () =>
        start(
          {
            machines: chosenKind('machines', machineKinds, values.machines ?? 'qemu'),
            network: chosenKind('network', guestNetworkKinds, values.network ?? 'closed'),
            port: whole('port', 1, 65535),
            storage: !values['no-storage'],
          },
          deadline,
        ),
      stop: () => stop(deadline),
      status,
      reset: () => reset(deadline),
      logs: () => logs(whole('lines', 1, 1_000_000) ?? 200),
    };
    const name = positionals[0] ?? '';
    const chosen = Object.hasOwn(act, name) ? act[name] : undefined;
    if (chosen === undefined) {
      const names = Object.keys(act);
      const problem = `'${name}' is none of ${names.join(', ')}`;
      throw usageWrong({ command: 'local', problem, nearest: nearestWord(name, names) });
    }
    const output = await chosen();
    if (values.json) printJson(output.json);
    else for (const line of output.lines) printLine(line);
    return output.status ?? 0;
  },
});

function chosenKind<const T extends string>(option: string, kinds: readonly T[], given: string): T {
  const kind = kinds.find((known) => known === given);
  if (kind !== undefined) return kind;
  throw usageWrong({ command: 'local', problem: `--${option} is ${kinds.join(', ')}, not '${given}'` });
}

async function start(options: DaemonOptions, deadline: Deadline): Promise<Output> {
  const before = await cloudStatus();
  if (before.running && before.api !== undefined) {
    return { lines: [`The embedded cloud runs already: ${before.api}`], json: { ...before, started: false } };
  }
  await startDaemon(options, deadline);
  const now = await cloudStatus();
  return { lines: ['The embedded cloud runs.', ...statusLines(now)], json: { ...now, started: true } };
}

async function stop(deadline: Deadline): Promise<Output> {
  const result = await stopDaemon(deadline);
  return { lines: [stopLine(result)], json: result };
}

function stopLine({ wasRunning, ended }: Awaited<ReturnType<typeof stopDaemon>>): string {
  const left = ended.map(({ program, pid }) => `${program} (${pid})`).join(', ');
  const first = wasRunning ? 'The embedded cloud is stopped.' : 'The embedded cloud did not run.';
  return left === '' ? first : `${first} Ended what was left: ${left}`;
}

async function status(): Promise<Output> {
  const found = await cloudStatus();
  return { lines: statusLines(found), json: found, status: found.running ? 0 : 1 };
}

function statusLines(found: CloudStatus): readonly string[] {
  return [...runningLines(found), ...unclaimedLines(found)];
}

function unclaimedLines({ folder, unclaimed }: CloudStatus): readonly string[] {
  if (unclaimed.length === 0) return [];
  return [
    `unclaimed ${unclaimed.length} in ${folder}/unclaimed: no server has them; keep or delete them`,
    ...unclaimed.slice(0, 10).map((name) => `          ${name}`),
    ...(unclaimed.length > 10 ? ['          ...'] : []),
  ];
}

function runningLines(found: CloudStatus): readonly string[] {
  if (!found.running) {
    if (found.watch !== undefined) return [`The embedded cloud is being started again (${found.folder}).`];
    const left = found.left.map(({ program, pid }) => `${program} (${pid})`).join(', ');
    return [
      `The embedded cloud does not run (${found.folder}).`,
      ...(left === ''
        ? []
        : [`Left by a daemon that was killed: ${left}; start takes them over, stop ends them.`]),
    ];
  }
  const { daemon } = found;
  if (daemon === undefined) return [`The embedded cloud is starting or stopping (${found.folder}).`];
  return [
    `API       ${found.api ?? ''}`,
    `storage   ${daemon.storage === 'none' ? 'none' : `${found.storage ?? ''} (${daemon.storage})`}`,
    `folder    ${found.folder}`,
    `process   ${daemon.pid}, ${watchWords(found.watch)}`,
    `machines  ${daemon.accelerator}: ${daemon.accelerator_reason}`,
    ...(daemon.accelerator_uefi === undefined
      ? []
      : [`with UEFI ${daemon.accelerator_uefi.kind}: ${daemon.accelerator_uefi.reason}`]),
    `network   ${networkWords(daemon.network)}`,
    `servers   ${daemon.servers.total}, ${daemon.servers.running} running`,
    ...daemon.stopped_by_host.map(({ name, why }) => `stopped   ${name}, by this host: ${why}`),
  ];
}

function watchWords(watch: CloudStatus['watch']): string {
  if (watch === undefined) return 'watched by nobody: it is not started again when it ends';
  const { pid, restarts, lastEnd } = watch;
  if (restarts === 0) return `watched by ${pid}`;
  return `watched by ${pid}; started again ${restarts} times, because it ${lastEnd ?? 'ended'}`;
}

function networkWords(network: string): string {
  return network === 'open'
    ? "open: servers reach the internet and this machine's loopback"
    : 'closed: servers reach the object storage only';
}

async function reset(deadline: Deadline): Promise<Output> {
  const result = await resetCloud(deadline);
  return {
    lines: [stopLine(result), `Everything of it is deleted (${result.folder}).`],
    json: result,
  };
}

async function logs(count: number): Promise<Output> {
  const folder = cloudFolder();
  const lines = parseLog((await textIfThere(folder.log)) ?? '').slice(-count);
  const output = ((await textIfThere(folder.output)) ?? '').trim();
  return {
    lines: [
      ...lines.map(({ at, message }) => `${at} ${message}`),
      ...(output === '' ? [] : [`--- ${folder.output}`, output]),
    ],
    json: { lines, output },
  };
}
