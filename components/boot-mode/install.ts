import { setTimeout as pause } from 'node:timers/promises';
import { chain, configureNetwork } from '../../console/dialogues/ipxe/commands.ts';
import { reachPrompt } from '../../console/dialogues/ipxe/reach-prompt.ts';
import { watchWriter } from '../../console/dialogues/boot-outcome/watch-writer.ts';
import type { ConsoleSession } from '../../console/session.ts';
import { wroteAnotherImage } from '../../errors/boot.ts';
import { explained } from './explain.ts';
import { BootfleetError } from '../../errors/error.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { type BootContext, openDialogue, stoppable } from './context.ts';
import { progressText } from './progress-text.ts';
import { withTranscript } from './with-transcript.ts';

/**
 * Console trouble that has nothing to do with the image: a dropped line, a keystroke that got lost, a banner that
 * went by. Worth another try from power-off; nothing was written or the writing is begun anew.
 */
const passing: ReadonlySet<string> = new Set(['BF1302', 'BF1304', 'BF1305', 'BF1310']);

/**
 * Writes the image onto the disk of a machine that is off and boots from the network: powers it on, stops iPXE at
 * its prompt, types, and watches the writer to its end. Tried `attempts` times where trying again can help.
 *
 * @param untouched nothing was ever written to the disk: the script for blank disks is used, if there is one.
 * @throws BF13xx what the dialogue met, with the transcript; BF1208 when the writer wrote something else.
 */
export async function installImage(context: BootContext, untouched: boolean, attempts = 2): Promise<void> {
  const { scriptUrl, blankDiskScriptUrl = scriptUrl } = context.inputs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Only the first attempt finds the disk as the cloud made it.
      await attemptInstall(context, untouched && attempt === 1 ? blankDiskScriptUrl : scriptUrl);
      return;
    } catch (error) {
      const again = error instanceof BootfleetError && passing.has(error.code) && attempt < attempts;
      if (!again) throw withTranscript(explained(error, context.inputs), context.findings.transcript);
      context.progress(
        `${error.code} ${error.summary.split('\n')[0] ?? ''}; attempt ${attempt + 1} of ${attempts}`,
      );
      await context.cloud.powerOff(context.inputs.server, Deadline.after(context.waits.power));
      await pause(1000);
    }
  }
}

async function attemptInstall(context: BootContext, url: string): Promise<void> {
  const { inputs, waits, progress } = context;
  const session = await openDialogue(context, 'install');
  try {
    await powerOnToPrompt(context, session);
    await configureNetwork(session, { deadline: Deadline.after(waits.dhcp) });
    await chain(session, url, { deadline: Deadline.after(waits.script) });
    const done = await watchWriter(session, {
      deadline: Deadline.after(waits.write),
      stall: waits.stall,
      onProgress: (state) => {
        progress(progressText(state));
      },
    });
    const { machine, image } = inputs;
    if (done.sha256 !== image.sha256) {
      throw wroteAnotherImage({ machine, expected: image.sha256, found: done.sha256 });
    }
  } finally {
    await session.close();
  }
}

/** Side by side: iPXE's moment for Ctrl-B can come before the cloud calls the machine running. */
async function powerOnToPrompt(
  { cloud, inputs, waits, progress }: BootContext,
  session: ConsoleSession,
): Promise<void> {
  progress('powering on into iPXE');
  const { deadline, stop } = stoppable(waits.prompt);
  const power = cloud.powerOn(inputs.server, Deadline.after(waits.power)).catch((error: unknown) => {
    stop();
    throw error;
  });
  const [powered, prompted] = await Promise.allSettled([power, reachPrompt(session, { deadline })]);
  if (powered.status === 'rejected') throw powered.reason;
  if (prompted.status === 'rejected') throw prompted.reason;
}
