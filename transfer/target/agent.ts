import { agentFailed } from '../../errors/rollout.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import { answerLines, type Answer } from './answers.ts';
import { agentCommand, agentProgram, type AgentArguments } from './program.ts';
import type { TargetProcess, TargetSession } from './target-session.ts';

/** Which machine, and how it is reached now. */
export interface Target {
  /** For messages. Example: `edge-1`. */
  readonly machine: string;
  readonly session: TargetSession;
  /** Folder put before every path on the target; only bootfleet's own tests use it. */
  readonly root?: string;
}

/** Starts the agent and gives it its program. */
export async function startAgent(
  target: Target,
  command: string,
  given: AgentArguments,
  deadline: Deadline,
): Promise<TargetProcess> {
  const program = await agentProgram();
  const root = target.root === undefined ? {} : { root: target.root };
  const running = await target.session.start(agentCommand(program.length, command, { ...root, ...given }), {
    deadline,
  });
  // A machine that dies while it is written to must not end the process; `exited` and the answers tell.
  running.stdin.on('error', () => undefined);
  running.stdin.write(program);
  return running;
}

/**
 * Runs one command of the agent to its end and returns its lines.
 *
 * @throws BF1701 when the agent answers with an error, ends with one, or has no perl to run in.
 */
export async function askAgent(
  target: Target,
  command: string,
  given: AgentArguments,
  deadline: Deadline,
): Promise<readonly Answer[]> {
  const running = await startAgent(target, command, given, deadline);
  running.stdin.end();
  const stderr = keepText(running.stderr);
  const answers: Answer[] = [];
  for await (const answer of answerLines(running.stdout)) answers.push(answer);
  const { status, signal } = await running.exited;
  const error = answers.find((answer) => answer.has('error'));
  if (error || status !== 0) {
    throw agentFailed({
      machine: target.machine,
      command,
      reason: error?.get('error') ?? 'ended',
      detail: error?.get('detail') ?? (stderr() || `status ${status ?? signal ?? 'unknown'}`),
    });
  }
  return answers;
}

/** The first bytes of a stream, for messages; the rest is drained. */
export function keepText(
  stream: AsyncIterable<Uint8Array> & NodeJS.EventEmitter,
  largest = 4096,
): () => string {
  let text = '';
  stream.on('data', (bytes: Uint8Array) => {
    if (text.length < largest) text += Buffer.from(bytes).toString('latin1');
  });
  return () => text.trim().slice(0, largest);
}
