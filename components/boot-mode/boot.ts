import { tellsWhy } from '../../console/dialogues/boot-outcome/boot-failure.ts';
import { watchBoot } from '../../console/dialogues/boot-outcome/watch-boot.ts';
import { parseBootLine } from '../../console/dialogues/boot-outcome/boot-line.ts';
import type { ConsoleSession } from '../../console/session.ts';
import { BootfleetError } from '../../errors/error.ts';
import { sshUnreachable } from '../../errors/machine.ts';
import type { RemoteSession } from '../../remote/session.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { type BootContext, login, lookAt, openDialogue, stoppable } from './context.ts';
import { learnHostKey, type SaidHostKey } from './learn-host-key.ts';
import { withTranscript } from './with-transcript.ts';

/**
 * Powers on a machine that boots from its disk, and watches its console and its SSH port at once: the console tells
 * the host key and why a boot fails, SSH that it succeeded.
 *
 * @returns the login, or `undefined` when it did not come up in time (the reason is in the findings).
 * @throws BF1330 it crashed on its console, BF1322 it waits for a person, BF1331 nothing booted, BF1601 to BF1603.
 */
export async function bootFromDisk(context: BootContext): Promise<RemoteSession | undefined> {
  const { cloud, inputs, waits, progress } = context;
  const console = await openDialogue(context, 'boot');
  const listen = stoppable(waits.boot + 60);
  // SSH decides about time; the console, listened to for longer, only about what it shows.
  const { deadline, stop: stopLogin } = stoppable(waits.boot);
  const stop = (): void => {
    listen.stop();
    stopLogin();
  };
  try {
    const watch = watchConsole(console, listen.deadline, stop);
    progress('booting from its disk');
    await cloud.powerOn(inputs.server, Deadline.after(waits.power));
    const view = await lookAt(context, 'booting it');
    const session = await login(context, view, deadline).catch(async (error: unknown) => {
      stop();
      await watch.over;
      throw watch.crash ?? error;
    });
    try {
      await learnHostKey(context, session, watch);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  } catch (error) {
    if (!(error instanceof BootfleetError) || error.code !== sshUnreachable.definition.code) {
      throw withTranscript(error, context.findings.transcript);
    }
    context.findings.failure = error.summary;
    return undefined;
  } finally {
    stop();
    await console.close();
  }
}

/** What the console has said so far. */
interface ConsoleWatch extends SaidHostKey {
  hostKey: string | undefined;
  /** The boot failed, by the console's word. */
  crash: Error | undefined;
  /** Resolves when there is nothing more to hear. Never rejects. */
  readonly over: Promise<unknown>;
}

/** Listens beside the login. A failed boot ends the wait for SSH; a dropped line does not: SSH still tells. */
function watchConsole(console: ConsoleSession, deadline: Deadline, stop: () => void): ConsoleWatch {
  const said = Promise.withResolvers<undefined>();
  const onLine = (line: string): void => {
    const seen = parseBootLine(line);
    if (seen?.kind !== 'ssh-host-key') return;
    watch.hostKey = `${seen.algorithm} ${seen.key}`;
    said.resolve(undefined);
  };
  const over = watchBoot(console, { deadline, onLine }).catch((error: unknown) => {
    if (error instanceof BootfleetError && !tellsWhy(error, deadline)) {
      if (!deadline.passed) console.step(`the console is no longer watched: ${error.summary}`);
      return;
    }
    watch.crash = error as Error;
    stop();
  });
  const watch: ConsoleWatch = {
    hostKey: undefined,
    crash: undefined,
    over,
    keyOrEnd: Promise.race([said.promise, over]),
  };
  return watch;
}
