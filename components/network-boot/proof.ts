import type { MachineView } from '../../clouds/cloud.ts';
import { BootfleetError } from '../../errors/error.ts';
import { howEnded } from '../../remote/exit.ts';
import type { RemoteSession } from '../../remote/session.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { login } from '../boot-mode/context.ts';
import type { BootProof } from './args.ts';
import { type NetworkBootContext, withLogin } from './context.ts';

/** A proof in a sentence: `waiting for ...`. @example proofText({ kind: 'metadata', state: 'booted' }) */
export function proofText(proof: BootProof): string {
  switch (proof.kind) {
    case 'console':
      return `/${proof.pattern}/ on its console`;
    case 'metadata':
      return `the state \`${proof.state}\` in its metadata`;
    case 'ssh':
      return proof.command ? `\`${proof.command.join(' ')}\` to succeed over SSH` : 'SSH';
  }
}

/**
 * Asks a running machine again for its proof. A pattern on the console was shown once and cannot be asked: there the
 * cloud's word that the machine is on, and the note that it came up, are all that there is.
 *
 * @returns why it is not proven; `undefined` when it is.
 */
export async function missingProof(
  context: NetworkBootContext,
  view: MachineView,
): Promise<string | undefined> {
  const { proof } = context.inputs;
  if (view.power !== 'running') return `it is ${view.power}`;
  if (view.stoppedByHost !== undefined) return `its host stopped it: ${view.stoppedByHost}`;
  if (view.bootSource !== 'network') return `it boots from ${view.bootSource}`;
  if (proof.kind === 'console') return undefined;
  if (proof.kind === 'metadata') {
    return view.stateDetail === proof.state
      ? undefined
      : `its state is \`${view.stateDetail}\`, not \`${proof.state}\``;
  }
  const deadline = Deadline.after(context.waits.look);
  try {
    const session = await login(withLogin(context), view, deadline);
    try {
      // Without a key from the boot (it had another proof then), the one of this first contact is kept from here on.
      context.findings.hostKey ??= session.hostKey;
      context.findings.hostKeySource ??= 'first-contact';
      return await commandProblem(session, proof.command, deadline);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof BootfleetError)) throw error;
    return error.summary;
  }
}

/** Runs the command of an SSH proof. @returns how it failed; `undefined` when it did not, or there is none. */
export async function commandProblem(
  session: Pick<RemoteSession, 'run'>,
  command: readonly string[] | undefined,
  deadline: Deadline,
): Promise<string | undefined> {
  if (command === undefined) return undefined;
  const result = await session.run(command, {
    deadline,
    largest: 4096,
    allowFailure: true,
  });
  if (result.status === 0) return undefined;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').at(-1)?.slice(0, 200) ?? '';
  return `\`${command.join(' ')}\` ended with ${howEnded(result)}${said === '' ? '' : `: ${said}`}`;
}
