import { watchWriter } from '../../console/dialogues/boot-outcome/watch-writer.ts';
import { wroteAnotherImage } from '../../errors/boot.ts';
import { explained } from './explain.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { type BootContext, openDialogue } from './context.ts';
import { loadScript, withAttempts } from './load-script.ts';
import { progressText } from './progress-text.ts';
import { withTranscript } from './with-transcript.ts';

/**
 * Writes the image onto the disk of a machine that is off and boots from the network: powers it on, stops iPXE at
 * its prompt, types, and watches the writer to its end. Tried `attempts` times where trying again can help.
 *
 * @param untouched nothing was ever written to the disk: the script for blank disks is used, if there is one.
 * @throws BF13xx what the dialogue met, with the transcript; BF1208 when the writer wrote something else.
 */
export async function installImage(context: BootContext, untouched: boolean, attempts = 2): Promise<void> {
  const { scriptUrl, blankDiskScriptUrl = scriptUrl } = context.inputs;
  try {
    await withAttempts(context, attempts, (attempt) =>
      // Only the first attempt finds the disk as the cloud made it.
      attemptInstall(context, untouched && attempt === 1 ? blankDiskScriptUrl : scriptUrl),
    );
  } catch (error) {
    throw withTranscript(explained(error, context.inputs), context.findings.transcript);
  }
}

async function attemptInstall(context: BootContext, url: string): Promise<void> {
  const { inputs, waits, progress } = context;
  const session = await openDialogue(context, 'install');
  try {
    await loadScript(context, session, url);
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
