import type * as pulumi from '@pulumi/pulumi';
import type { MachineView } from '../../clouds/cloud.ts';
import { connectCloud } from '../../clouds/connect.ts';
import { bareId } from '../../clouds/scaleway/server-answer.ts';
import { connectRemote } from '../../remote/connect.ts';
import { bootInTurn } from '../boot-mode/boot-turns.ts';
import type { Findings } from '../boot-mode/context.ts';
import { relativePath } from '../relative-path.ts';
import { withDefaults } from '../boot-mode/waits.ts';
import { checkPublished } from '../boot-script/published.ts';
import { reportProgress, reportRemark } from '../progress.ts';
import { parseUrn } from '../resource-urn.ts';
import { isUnknown } from '../unknown.ts';
import type { NetworkBootInputs, NetworkBootState } from './args.ts';
import { changesOf } from './changes.ts';
import { failuresOf } from './check.ts';
import type { NetworkBootContext } from './context.ts';
import { realEffects } from './effects.ts';
import { ensureRunning } from './ensure-running.ts';
import { bootId, type NetworkNote } from './note.ts';
import { missingProof } from './proof.ts';

/** Effects of `NetworkBoot`; see handled-resource.ts for how Pulumi comes here. */

export async function check(
  _olds: NetworkBootInputs,
  news: NetworkBootInputs,
): Promise<pulumi.dynamic.CheckResult<NetworkBootInputs>> {
  return { inputs: news, failures: await failuresOf(news) };
}

export async function diff(
  _id: string,
  olds: NetworkBootState,
  news: NetworkBootInputs,
): Promise<pulumi.dynamic.DiffResult> {
  // Unknown because its server is about to be replaced.
  if (isUnknown(news.server)) return { changes: true, replaces: ['server'] };
  const { reasons, boots, ...result } = changesOf(olds, news);
  for (const reason of reasons)
    await reportRemark(news.resourceUrn, boots ? 'warning' : 'info', `${news.machine}: ${reason}`);
  return result;
}

export async function create(
  inputs: NetworkBootInputs,
): Promise<pulumi.dynamic.CreateResult<NetworkBootState>> {
  return { id: bareId(inputs.server), outs: await bringUp(inputs, {}, undefined) };
}

export async function update(
  _id: string,
  olds: NetworkBootState,
  news: NetworkBootInputs,
): Promise<pulumi.dynamic.UpdateResult<NetworkBootState>> {
  const boot = bootId(news.scriptUrl, news.restart);
  if (olds.boot !== boot) return { outs: await bringUp(news, {}, undefined) };
  const { hostKeySource, transcript, bootedAt: at } = olds;
  const key = olds.hostKey === '' ? {} : { hostKey: olds.hostKey, hostKeySource };
  const note: NetworkNote = { boot, phase: 'booted', at, ...key };
  return { outs: await bringUp(news, { ...key, ...(transcript && { transcript }) }, note) };
}

/** Looks at the machine as it is now. A server that is gone takes this resource with it. */
export async function read(
  id: string,
  state: NetworkBootState | undefined,
): Promise<pulumi.dynamic.ReadResult<NetworkBootState>> {
  // Pulumi reads without a state for an import only, and there is nothing to import: creating it looks first.
  if (state === undefined) return {};
  const context = await networkBootContext(state);
  const view = await context.cloud.observe(state.server);
  if (view === undefined) return {};
  const problem = await missingProof(context, view);
  if (problem !== undefined) await reportRemark(state.resourceUrn, 'warning', `${state.machine}: ${problem}`);
  return { id, props: { ...state, ...viewFacts(state, view), proven: problem === undefined } };
}

/** The machine is its server's: deleting the server ends it. Nothing is left of the boot itself. */
async function del(): Promise<void> {
  await Promise.resolve();
}
export { del as delete };

/** From whatever state to: up, from the network. */
async function bringUp(
  inputs: NetworkBootInputs,
  known: Findings,
  stateNote: NetworkNote | undefined,
): Promise<NetworkBootState> {
  const context = await networkBootContext(inputs, known);
  const effects = realEffects(context, stateNote);
  const boot = bootId(inputs.scriptUrl, inputs.restart);
  await bootInTurn(
    inputs.cloud,
    () => ensureRunning(effects, boot, inputs.machine),
    () => {
      context.progress('waiting for its turn to boot');
    },
  );
  if (effects.view === undefined) throw new Error(`${inputs.machine} was called booted without a look at it`);
  const { findings } = context;
  return {
    ...inputs,
    ...viewFacts(inputs, effects.view),
    hostKey: findings.hostKey ?? '',
    hostKeySource: findings.hostKeySource ?? 'first-contact',
    proven: true,
    boot,
    bootedAt: effects.bootedAt,
    transcript: relativePath(findings.transcript),
  };
}

function viewFacts(
  { ssh }: NetworkBootInputs,
  { address, power, stateDetail }: MachineView,
): Pick<NetworkBootState, 'address' | 'sshPort' | 'power' | 'state'> {
  const sshPort = (ssh?.port ?? 22) + (address?.portOffset ?? 0);
  return { address: address?.host ?? '', sshPort, power, state: stateDetail };
}

/** Everything that looking at a machine and booting it needs. @param known what is known of it; default: from a state. */
export async function networkBootContext(
  inputs: NetworkBootInputs & Partial<Pick<NetworkBootState, 'hostKey' | 'hostKeySource'>>,
  known: Findings = inputs.hostKey ? { hostKey: inputs.hostKey, hostKeySource: inputs.hostKeySource } : {},
): Promise<NetworkBootContext> {
  return {
    cloud: await connectCloud(inputs.cloud),
    inputs,
    waits: withDefaults(inputs.waits),
    stack: parseUrn(inputs.resourceUrn).stack,
    findings: known,
    progress: (text) => {
      reportProgress(inputs.resourceUrn, text);
    },
    connect: connectRemote,
    published: (urls) =>
      checkPublished(inputs.cloud, inputs.machine, urls, {
        onTrouble: (text) => {
          reportProgress(inputs.resourceUrn, text);
        },
      }),
  };
}
