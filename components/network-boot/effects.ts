import type { MachineView } from '../../clouds/cloud.ts';
import { networkBootEnded } from '../../errors/boot.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { lookAt } from '../boot-mode/context.ts';
import { settled } from '../boot-mode/settled.ts';
import { relativePath } from '../relative-path.ts';
import { bootFromNetwork } from './boot.ts';
import type { NetworkBootContext } from './context.ts';
import type { NetworkBootEffects } from './ensure-running.ts';
import { bootId, type NetworkNote, networkNoteKey, parseNetworkNote } from './note.ts';
import { missingProof } from './proof.ts';

/** The effects on a real machine, and what was seen of it last. */
export interface RealEffects extends NetworkBootEffects {
  view: MachineView | undefined;
  /** ISO time of the boot that it runs. */
  bootedAt: string;
}

/**
 * The steps of `ensureRunning` done for real.
 *
 * @param stateNote what Pulumi's state says of the boot, for a machine whose note was deleted: that alone is no reason
 * to boot it again.
 */
export function realEffects(context: NetworkBootContext, stateNote: NetworkNote | undefined): RealEffects {
  const { cloud, inputs, waits, findings, progress } = context;
  const { server, machine } = inputs;
  const boot = bootId(inputs.scriptUrl, inputs.restart);
  let known = stateNote;

  const effects: RealEffects = {
    view: undefined,
    bootedAt: '',
    observe: async () => {
      const view = await lookAt(context, 'booting it from the network');
      effects.view = view;
      const note = parseNetworkNote(await cloud.readNote(server, networkNoteKey)) ?? known;
      if (note?.boot === boot && note.phase === 'booted') {
        effects.bootedAt = note.at;
        findings.hostKey ??= note.hostKey;
        findings.hostKeySource ??= note.hostKeySource;
      }
      return { power: view.power, bootSource: view.bootSource, note };
    },
    settle: async () => {
      progress('waiting for the cloud');
      await settled(context);
    },
    powerOff: async () => {
      // It is powered off in order to be booted again, never for anything else.
      await context.published([inputs.scriptUrl]);
      progress('powering off');
      await cloud.powerOff(server, Deadline.after(waits.power));
    },
    setBootSource: async () => {
      await cloud.setBootSource(server, 'network');
    },
    writeNote: async (phase) => {
      if (phase === 'starting') {
        // What lives in memory makes its host key at each boot; the old one says nothing about the new.
        findings.hostKey = undefined;
        findings.hostKeySource = undefined;
        known = undefined;
      }
      const { hostKey, hostKeySource } = findings;
      const at = new Date().toISOString();
      const note: NetworkNote = { boot, phase, at, ...(hostKey !== undefined && { hostKey, hostKeySource }) };
      await cloud.writeNote(server, networkNoteKey, JSON.stringify(note));
    },
    boot: async () => {
      await context.published([inputs.scriptUrl]);
      await bootFromNetwork(context);
    },
    prove: async () => {
      progress('asking whether it is up');
      const problem = await missingProof(context, await lookAt(context, 'asking whether it is up'));
      if (problem !== undefined) progress(`${problem}; it is booted again`);
      return problem === undefined;
    },
    givenUp: () => networkBootEnded({ machine, transcript: relativePath(findings.transcript) }),
  };
  return effects;
}
