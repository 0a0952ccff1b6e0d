import { watchNetworkBoot } from '../../console/dialogues/boot-outcome/watch-network-boot.ts';
import { parseGuestLine } from '../../console/dialogues/boot-outcome/guest-lines.ts';
import type { ConsoleSession } from '../../console/session.ts';
import { networkBootUnproven, scriptNotLoaded } from '../../errors/boot.ts';
import { consoleClosed, ipxeCommandFailed } from '../../errors/console.ts';
import { BootfleetError } from '../../errors/error.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { login, lookAt, openDialogue, stoppable } from '../boot-mode/context.ts';
import { learnHostKey, type SaidHostKey } from '../boot-mode/learn-host-key.ts';
import { loadScript, withAttempts } from '../boot-mode/load-script.ts';
import { withTranscript } from '../boot-mode/with-transcript.ts';
import { type NetworkBootContext, withLogin } from './context.ts';
import { commandProblem, proofText } from './proof.ts';

/**
 * Boots a machine that is off from the network and waits for its proof: powers it on, stops iPXE at its prompt, types,
 * and watches the console beside whatever else the proof needs.
 *
 * @throws BF13xx what the dialogue met, BF1212 the script or what it names is not there, BF1213 no proof in time.
 */
export async function bootFromNetwork(context: NetworkBootContext, attempts = 2): Promise<void> {
  try {
    await withAttempts(context, attempts, () => attemptBoot(context));
  } catch (error) {
    throw withTranscript(explained(error, context), context.findings.transcript);
  }
}

async function attemptBoot(context: NetworkBootContext): Promise<void> {
  const { inputs, progress } = context;
  const session = await openDialogue(context, 'boot');
  try {
    await loadScript(context, session, inputs.scriptUrl);
    progress(`loaded; waiting for ${proofText(inputs.proof)}`);
    await proveBoot(context, session);
  } finally {
    await session.close();
  }
}

/** What the console said, and whether the boot failed by its word. */
interface ConsoleWatch extends SaidHostKey {
  hostKey: string | undefined;
  failure: Error | undefined;
  shown: string | undefined;
  /** Resolves when there is nothing more to hear. Never rejects. */
  readonly over: Promise<unknown>;
}

async function proveBoot(context: NetworkBootContext, console: ConsoleSession): Promise<void> {
  const { inputs } = context;
  const { proof, within } = inputs;
  const { deadline, stop } = stoppable(within);
  const watch = watchConsole(context, console, deadline, stop);
  try {
    if (proof.kind === 'console') {
      await watch.over;
      if (watch.failure) throw watch.failure;
      if (watch.shown === undefined) throw unproven(context, console, 'it did not show it');
      return;
    }
    if (proof.kind === 'metadata') await waitForState(context, console, proof.state, deadline);
    else await waitForLogin(context, console, proof.command, deadline, watch);
  } catch (error) {
    // What the console showed is the reason, whatever waited for something else meanwhile.
    throw watch.failure ?? error;
  } finally {
    stop();
    await watch.over;
  }
}

/** Listens to the console. A failed boot ends the other waits; a dropped line does so only if it is the proof itself. */
function watchConsole(
  { inputs: { proof } }: NetworkBootContext,
  console: ConsoleSession,
  deadline: Deadline,
  stop: () => void,
): ConsoleWatch {
  const isProof = proof.kind === 'console';
  const said = Promise.withResolvers<undefined>();
  const over = watchNetworkBoot(console, {
    deadline,
    pattern: isProof ? new RegExp(proof.pattern) : undefined,
    onLine: (line) => {
      const seen = parseGuestLine(line);
      if (seen?.kind !== 'ssh-host-key') return;
      watch.hostKey = `${seen.algorithm} ${seen.key}`;
      if (!isProof) said.resolve(undefined);
    },
  })
    .then((shown) => {
      watch.shown = shown;
    })
    .catch((error: unknown) => {
      if (!isProof && error instanceof BootfleetError && error.code === consoleClosed.definition.code) {
        console.step(`the console is no longer watched: ${error.summary}`);
        return;
      }
      watch.failure = error as Error;
      stop();
    });
  const watch: ConsoleWatch = {
    hostKey: undefined,
    failure: undefined,
    shown: undefined,
    over,
    keyOrEnd: Promise.race([said.promise, over]),
  };
  return watch;
}

async function waitForState(
  context: NetworkBootContext,
  console: ConsoleSession,
  wanted: string,
  deadline: Deadline,
): Promise<void> {
  let found = '';
  await poll({
    deadline,
    onTimeout: () => unproven(context, console, `its state is \`${found}\``),
    probe: async () => {
      found = (await lookAt(context, 'waiting for its state')).stateDetail;
      return found === wanted ? true : undefined;
    },
  });
}

async function waitForLogin(
  context: NetworkBootContext,
  console: ConsoleSession,
  command: readonly string[] | undefined,
  deadline: Deadline,
  said: SaidHostKey,
): Promise<void> {
  const view = await lookAt(context, 'logging in');
  const session = await login(withLogin(context), view, deadline);
  try {
    await learnHostKey(context, session, said);
    let found = '';
    await poll({
      deadline,
      every: 1,
      onTimeout: () => unproven(context, console, found),
      probe: async () => {
        const problem = await commandProblem(session, command, deadline);
        found = problem ?? '';
        return problem === undefined ? true : undefined;
      },
    });
  } finally {
    await session.close();
  }
}

function unproven({ inputs }: NetworkBootContext, console: ConsoleSession, found: string): BootfleetError {
  const { machine, proof, within: seconds } = inputs;
  return networkBootUnproven({ machine, proof: proofText(proof), seconds, found, screen: console.screen() });
}

/** The console's word for a script that was not there, in terms of the script. */
function explained(error: unknown, { inputs }: NetworkBootContext): unknown {
  if (!(error instanceof BootfleetError) || error.code !== ipxeCommandFailed.definition.code) return error;
  const reason = String(error.facts['reason'] ?? '');
  return scriptNotLoaded({ machine: inputs.machine, url: inputs.scriptUrl, reason }, { cause: error });
}
