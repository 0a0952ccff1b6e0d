import path from 'node:path';
import type { Cloud, MachineView } from '../../clouds/cloud.ts';
import { machineGone } from '../../errors/cloud.ts';
import { bootArgumentWrong } from '../../errors/boot.ts';
import { quietTime } from '../../console/quiet-time.ts';
import { recordedSession } from '../../console/recorded-session.ts';
import type { ConsoleSession } from '../../console/session.ts';
import type { ConnectOptions, RemoteTarget } from '../../remote/connect.ts';
import type { RemoteSession } from '../../remote/session.ts';
import { Deadline } from '../../waiting/deadline.ts';
import type { BootInputs, HostKeySource } from './args.ts';
import type { BootWaits } from './waits.ts';

/** What this run has learned about a machine, beside what the cloud says. */
export interface Findings {
  hostKey?: string | undefined;
  hostKeySource?: HostKeySource | undefined;
  /** When this installation was written. ISO time. */
  installedAt?: string | undefined;
  /** What that wrote; see installed-build.ts. */
  installedBuild?: string | undefined;
  /** File of the last console dialogue. */
  transcript?: string | undefined;
  /** Why the last boot or login failed, as a sentence. */
  failure?: string | undefined;
}

/** As much of a machine being worked on as a dialogue on its console needs. */
export interface DialogueContext {
  readonly cloud: Cloud;
  readonly inputs: Pick<BootInputs, 'server' | 'machine'>;
  readonly waits: BootWaits;
  readonly stack: string;
  readonly findings: Findings;
  readonly progress: (text: string) => void;
  /** Looks whether scripts, and what they name, are there to be loaded; see `checkPublished`. @throws BF1516 */
  readonly published: (urls: readonly string[]) => Promise<void>;
}

/** As much of it as a login needs. */
export interface LoginContext {
  readonly inputs: Pick<BootInputs, 'machine' | 'ssh'>;
  readonly findings: Findings;
  /** Logs in; `connectRemote` but for tests. */
  readonly connect: (options: ConnectOptions) => Promise<RemoteSession>;
}

/** One machine being worked on: its arguments, ways to reach it, and what was found. */
export interface BootContext extends DialogueContext, LoginContext {
  readonly inputs: BootInputs;
}

/** @throws BF1412 when the cloud has no such machine any more. */
export async function lookAt(
  { cloud, inputs }: Pick<DialogueContext, 'cloud' | 'inputs'>,
  doing: string,
): Promise<MachineView> {
  const view = await cloud.observe(inputs.server);
  if (view === undefined) throw machineGone({ id: inputs.server, doing });
  return view;
}

/** Where and as whom to log in. @throws BF1202 for a server without an address. */
export function loginOf({ inputs }: LoginContext, { address }: MachineView): RemoteTarget {
  const { machine, ssh } = inputs;
  if (address === undefined) {
    throw bootArgumentWrong({
      machine,
      argument: 'server',
      problem: 'it has no public address to log in to',
    });
  }
  return {
    machine,
    host: address.host,
    port: (ssh.port ?? 22) + address.portOffset,
    user: ssh.user,
    keyFile: path.resolve(ssh.keyFile),
  };
}

/**
 * Logs in with the recorded host key, if there is one.
 *
 * @param refusalGrace see ConnectOptions; default until the deadline, as for a machine that boots.
 */
export async function login(
  context: LoginContext,
  view: MachineView,
  deadline: Deadline,
  refusalGrace?: number,
): Promise<RemoteSession> {
  return await context.connect({
    target: loginOf(context, view),
    deadline,
    ...(refusalGrace !== undefined && { refusalGrace }),
    hostKey: context.findings.hostKey,
  });
}

/** A dialogue on the serial console of a machine that is off, recorded in a transcript of its own. */
export async function openDialogue(context: DialogueContext, what: string): Promise<ConsoleSession> {
  const { cloud, inputs, stack, findings, waits, progress } = context;
  const begun = performance.now();
  const transport = await cloud.openConsole(inputs.server, Deadline.after(waits.console));
  const opening = (performance.now() - begun) / 1000;
  // The machine is off, so that nothing new is thrown away with what earlier boots showed.
  return await recordedSession({
    transport,
    stack,
    machine: inputs.machine,
    what,
    log: progress,
    onTranscript: (file) => {
      findings.transcript = file;
    },
    quiet: quietTime(opening),
  });
}

/** Seconds of a wait that ends early when `stop` says so. */
export function stoppable(seconds: number): { readonly deadline: Deadline; readonly stop: () => void } {
  const controller = new AbortController();
  return {
    deadline: Deadline.after(seconds, controller.signal),
    stop: () => {
      controller.abort();
    },
  };
}
