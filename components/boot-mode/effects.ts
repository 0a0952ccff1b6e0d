import { neverBooted } from '../../errors/boot.ts';
import { BootfleetError } from '../../errors/error.ts';
import { sshUnreachable } from '../../errors/machine.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { relativePath } from '../relative-path.ts';
import { bootFromDisk } from './boot.ts';
import { type BootContext, login, lookAt } from './context.ts';
import type { BootEffects } from './ensure-booted.ts';
import { installImage } from './install.ts';
import { installedBuild } from './installed-build.ts';
import { installId, type Note, noteKey, noteText, parseNote } from './note.ts';
import { type Proof, proveBooted } from './prove.ts';
import { settled } from './settled.ts';

/** The effects on a real machine, and what they proved last. */
export interface RealEffects extends BootEffects {
  /** Set once the machine was proven to run. */
  proof: Proof | undefined;
}

/**
 * The steps of `ensureBooted` done for real.
 *
 * @param stateNote what Pulumi's state says of an installation, for a machine whose note was deleted: a machine
 * that is known to be installed is never written because of that.
 */
export function realEffects(context: BootContext, stateNote: Note | undefined): RealEffects {
  const { cloud, inputs, waits, findings, progress } = context;
  const { server, machine } = inputs;
  const install = installId(inputs.image.name, inputs.reinstall);
  let note: Note | undefined;
  /** No note was ever written: the disk is as the cloud made it. */
  let untouched = false;

  /** The scripts may be used both: the one for blank disks first, the other when that did not end well. */
  const published = (): Promise<void> => {
    const { scriptUrl, blankDiskScriptUrl } = inputs;
    const blank = untouched && blankDiskScriptUrl !== undefined ? [blankDiskScriptUrl] : [];
    return context.published([...new Set([...blank, scriptUrl])]);
  };

  const effects: RealEffects = {
    proof: undefined,
    observe: async () => {
      const view = await lookAt(context, 'bringing it to its image');
      const said = parseNote(await cloud.readNote(server, noteKey), machine);
      if (said === undefined && stateNote === undefined) untouched = true;
      note = said ?? stateNote;
      if (note?.install === install && note.phase !== 'flashing') {
        findings.hostKey ??= note.hostKey;
        findings.hostKeySource ??= note.hostKeySource;
        findings.installedAt ??= note.at;
      }
      return { power: view.power, bootSource: view.bootSource, note };
    },
    settle: async () => {
      progress('waiting for the cloud');
      await settled(context);
    },
    writeNote: async (phase) => {
      // While what runs is still whole.
      if (phase === 'flashing') await published();
      if (phase !== 'booted') {
        // A new system on the disk has new host keys; the old ones say nothing about it.
        findings.hostKey = undefined;
        findings.hostKeySource = undefined;
        findings.installedAt = new Date().toISOString();
        findings.installedBuild = undefined;
      }
      await saveNote(
        context,
        { install, phase, image: note?.image ?? inputs.image.sha256 },
        phase !== 'booted',
      );
    },
    powerOff: async () => {
      progress('powering off');
      await cloud.powerOff(server, Deadline.after(waits.power));
    },
    setBootSource: async (source) => {
      await cloud.setBootSource(server, source);
    },
    flash: async () => {
      await published();
      await installImage(context, untouched);
    },
    boot: async () => await proven(await bootFromDisk(context)),
    prove: async () => {
      progress('logging in');
      const seconds = note?.phase === 'booted' ? waits.look * 4 : waits.boot;
      try {
        const view = await lookAt(context, 'logging in');
        if (view.stoppedByHost !== undefined) {
          findings.failure = `its host stopped it: ${view.stoppedByHost}`;
          return false;
        }
        const session = await login(context, view, Deadline.after(seconds));
        findings.hostKeySource ??= 'first-contact';
        findings.hostKey ??= session.hostKey;
        return await proven(session);
      } catch (error) {
        if (!(error instanceof BootfleetError) || error.code !== sshUnreachable.definition.code) throw error;
        findings.failure = error.summary;
        return false;
      }
    },
    givenUp: () =>
      neverBooted({
        machine,
        why: findings.failure ?? 'it powered itself off',
        transcript: relativePath(findings.transcript),
      }),
  };

  /** Looks at a machine that could be logged in to, and ends the login. */
  async function proven(session: Awaited<ReturnType<typeof bootFromDisk>>): Promise<boolean> {
    if (session === undefined) return false;
    try {
      // At once: a kill from here on must not lose the key that the console said.
      if (note !== undefined && note.phase !== 'flashing') await saveNote(context, note, false);
      effects.proof = await proveBooted(context, session, note);
      const { build } = effects.proof.system;
      findings.installedBuild = installedBuild(note, inputs.image, build, findings.installedBuild);
      return true;
    } finally {
      await session.close();
    }
  }
  return effects;
}

async function saveNote(
  { cloud, inputs, findings }: BootContext,
  note: Pick<Note, 'install' | 'phase' | 'image'>,
  isNewImage: boolean,
): Promise<void> {
  const text = noteText({
    install: note.install,
    phase: note.phase,
    image: isNewImage ? inputs.image.sha256 : note.image,
    at: findings.installedAt ?? new Date().toISOString(),
    ...(findings.hostKey !== undefined && {
      hostKey: findings.hostKey,
      hostKeySource: findings.hostKeySource,
    }),
  });
  if ((await cloud.readNote(inputs.server, noteKey)) !== text)
    await cloud.writeNote(inputs.server, noteKey, text);
}
