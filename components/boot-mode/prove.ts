import type { MachineView } from '../../clouds/cloud.ts';
import { notReportedBooted, wrongBuild } from '../../errors/boot.ts';
import { machineStoppedByHost } from '../../errors/localcloud.ts';
import { readRunningSystem, type RunningSystem } from '../../remote/running-system.ts';
import type { RemoteSession } from '../../remote/session.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { type BootContext, lookAt } from './context.ts';
import type { Note } from './note.ts';

/** A machine that runs from its disk, as it says itself and as the cloud says. */
export interface Proof {
  readonly system: RunningSystem;
  readonly view: MachineView;
}

/**
 * Proves that a machine runs what was installed and has reported itself. The build is compared only before an
 * installation is called booted: later, upgrades change it.
 *
 * @throws BF1205 another build, BF1207 no report in time, BF1604 to BF1606.
 */
export async function proveBooted(
  context: BootContext,
  session: RemoteSession,
  note: Note | undefined,
): Promise<Proof> {
  const { inputs, waits } = context;
  const { machine, image } = inputs;
  context.progress('asking what it runs');
  const system = await readRunningSystem(session, Deadline.after(waits.metadata));
  const fresh = note?.phase === 'flashed' && note.image === image.sha256;
  // Empty, on either side: unknown, so that nothing can be compared.
  if (fresh && image.build && system.build === '') {
    context.progress(`build unknown: /resflash/BUILD says nothing, the image is called ${image.build}`);
  } else if (fresh && image.build && system.build !== image.build) {
    throw wrongBuild({ machine, expected: image.build, found: system.build });
  }
  return { system, view: await waitForReport(context) };
}

async function waitForReport(context: BootContext): Promise<MachineView> {
  const { inputs, waits } = context;
  const { machine, metadataState: wanted = 'booted' } = inputs;
  let found = '';
  return await poll({
    deadline: Deadline.after(waits.metadata),
    onTimeout: () => notReportedBooted({ machine, wanted, found, seconds: waits.metadata }),
    probe: async () => {
      const view = await lookAt(context, 'waiting for its report');
      found = view.stateDetail;
      // It says nothing more.
      if (view.stoppedByHost !== undefined) throw machineStoppedByHost({ machine, why: view.stoppedByHost });
      return wanted === '' || found === wanted ? view : undefined;
    },
  });
}
