import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from '../../../clouds/cloud.ts';
import { unhealthy } from '../../../errors/rollout.ts';
import { howEnded } from '../../../remote/exit.ts';
import type { RemoteSession } from '../../../remote/session.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { durationSeconds } from '../duration.ts';
import type { HealthCheck } from '../policy.ts';
import type { MachineRef } from '../slot-upgrade/args.ts';
import { describeCheck } from './describe-check.ts';

/** A machine whose health is asked for. */
export interface HealthOptions {
  readonly machine: string;
  readonly target: MachineRef;
  readonly checks: readonly HealthCheck[];
  /** For all checks together. */
  readonly deadline: Deadline;
  readonly session: (deadline: Deadline) => Promise<RemoteSession>;
  readonly cloud: () => Promise<Cloud>;
  readonly progress?: (text: string) => void;
}

/** Seconds between two attempts of one check. */
const between = 1;

/**
 * Runs every check until it passes, each as often as it says.
 *
 * @throws BF1704 with what the last attempt found.
 */
export async function healthOf(options: HealthOptions): Promise<void> {
  for (const check of options.checks) await untilHealthy(options, check);
}

async function untilHealthy(options: HealthOptions, check: HealthCheck): Promise<void> {
  const attempts = check.retries ?? 5;
  for (let attempt = 1; ; attempt += 1) {
    const found = await attemptOf(options, check);
    if (found === undefined) return;
    options.progress?.(`${describeCheck(check)}: ${found} (attempt ${attempt} of ${attempts})`);
    if (attempt >= attempts || options.deadline.passed) {
      throw unhealthy({ machine: options.machine, check: describeCheck(check), found, attempts: attempt });
    }
    await pause(Math.min(between * 1000, options.deadline.left));
  }
}

/** One attempt: undefined when it passes, else what is wrong. */
async function attemptOf(options: HealthOptions, check: HealthCheck): Promise<string | undefined> {
  const deadline = options.deadline.within(durationSeconds(check.timeout ?? '10s'));
  try {
    if (check.http) return await httpCheck(options.target, check.http, deadline);
    if (check.tcp) return await tcpCheck(options.target, check.tcp.port, deadline);
    if (check.ssh) return await sshCheck(options, check.ssh.command, deadline);
    if (check.metadata) return await metadataCheck(options, check.metadata.state);
    return 'the check names no kind';
  } catch (error) {
    const cause = (error as Error).cause;
    return cause instanceof Error ? cause.message : (error as Error).message;
  }
}

async function httpCheck(
  target: MachineRef,
  { port = 80, path = '/', status = 200 }: NonNullable<HealthCheck['http']>,
  deadline: Deadline,
): Promise<string | undefined> {
  const host = target.address.includes(':') ? `[${target.address}]` : target.address;
  const url = `http://${host}:${portOf(target, port)}${path}`;
  const answer = await fetch(url, { signal: deadline.signal, redirect: 'manual' });
  await answer.body?.cancel();
  return answer.status === status ? undefined : `status ${answer.status} instead of ${status}`;
}

function tcpCheck(target: MachineRef, port: number, deadline: Deadline): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: target.address, port: portOf(target, port) });
    const end = (found?: string): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => {
      end();
    });
    socket.once('error', (error) => {
      end(error.message);
    });
    deadline.signal.addEventListener(
      'abort',
      () => {
        end('no answer');
      },
      { once: true },
    );
  });
}

async function sshCheck(
  { session }: HealthOptions,
  command: readonly string[],
  deadline: Deadline,
): Promise<string | undefined> {
  const result = await (
    await session(deadline)
  ).run(command, { deadline, largest: 4096, allowFailure: true });
  if (result.status === 0) return undefined;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').at(-1) ?? '';
  return `ended with ${howEnded(result)}${said === '' ? '' : `: ${said.slice(0, 200)}`}`;
}

async function metadataCheck({ cloud, target }: HealthOptions, wanted: string): Promise<string | undefined> {
  const view = await (await cloud()).observe(target.server);
  const found = view?.stateDetail ?? '';
  return found === wanted ? undefined : `state ${found === '' ? 'none' : found} instead of ${wanted}`;
}

/** The embedded cloud moves ports below 1024 where they may not be bound; the SSH port tells by how much. */
function portOf(target: MachineRef, port: number): number {
  return port + (target.cloud.endpoint === 'local' && target.sshPort > 20_000 ? 20_000 : 0);
}
