import type * as pulumi from '@pulumi/pulumi';
import { connectCloud } from '../../clouds/connect.ts';
import { bareId } from '../../clouds/scaleway/server-answer.ts';
import { connectRemote } from '../../remote/connect.ts';
import { checkPublished } from '../boot-script/published.ts';
import { reportProgress, reportRemark } from '../progress.ts';
import { parseUrn } from '../resource-urn.ts';
import { isUnknown } from '../unknown.ts';
import type { BootFacts, BootInputs, BootState } from './args.ts';
import { bootInTurn } from './boot-turns.ts';
import { changesOf } from './changes.ts';
import { failuresOf } from './check.ts';
import { type BootContext, type Findings, loginOf } from './context.ts';
import { realEffects } from './effects.ts';
import { ensureBooted } from './ensure-booted.ts';
import { installId, type Note } from './note.ts';
import { lookNow } from './look.ts';
import { afterLook } from './seen.ts';
import { relativePath } from '../relative-path.ts';
import { withDefaults } from './waits.ts';

/** Effects of `BootMode`; see handled-resource.ts for how Pulumi comes here. */

export async function check(
  _olds: BootInputs,
  news: BootInputs,
): Promise<pulumi.dynamic.CheckResult<BootInputs>> {
  return { inputs: news, failures: await failuresOf(news) };
}

export async function diff(
  _id: string,
  olds: BootState,
  news: BootInputs,
): Promise<pulumi.dynamic.DiffResult> {
  // Unknown because its server is about to be replaced.
  if (isUnknown(news.server)) return { changes: true, replaces: ['server'] };
  const { reasons, losesData, ...result } = changesOf(olds, news);
  for (const reason of reasons) {
    await reportRemark(news.resourceUrn, losesData ? 'warning' : 'info', `${news.machine}: ${reason}`);
  }
  return result;
}

export async function create(inputs: BootInputs): Promise<pulumi.dynamic.CreateResult<BootState>> {
  const outs = await bringUp(inputs, {}, undefined);
  return { id: bareId(inputs.server), outs };
}

export async function update(
  _id: string,
  olds: BootState,
  news: BootInputs,
): Promise<pulumi.dynamic.UpdateResult<BootState>> {
  const install = installId(news.image.name, news.reinstall);
  if (olds.install !== install) return { outs: await bringUp(news, {}, undefined) };
  const { hostKey, hostKeySource, installedAt, installedBuild, transcript } = olds;
  const known: Findings = {
    hostKey,
    hostKeySource,
    installedAt,
    installedBuild,
    ...(transcript && { transcript }),
  };
  const note: Note = {
    install,
    phase: 'booted',
    image: olds.image.sha256,
    at: installedAt,
    hostKey,
    hostKeySource,
  };
  return { outs: await bringUp(news, known, note) };
}

/** Looks at the machine as it is now. A server that is gone takes this resource with it. */
export async function read(
  id: string,
  state: BootState | undefined,
): Promise<pulumi.dynamic.ReadResult<BootState>> {
  // Pulumi reads without a state for an import only, and a boot mode has nothing to import: creating it looks first.
  if (state === undefined) return {};
  const context = await contextOf(state, { hostKey: state.hostKey, hostKeySource: state.hostKeySource });
  const seen = await lookNow(context);
  if (seen === undefined) return {};
  if (seen.trouble !== undefined) {
    await reportRemark(state.resourceUrn, 'warning', `${state.machine}: ${seen.trouble}`);
  }
  return { id, props: afterLook(state, seen, Date.now()) };
}

/** The machine is its server's: deleting the server ends it. Nothing is left of the boot mode itself. */
async function del(): Promise<void> {
  await Promise.resolve();
}
export { del as delete };

/** From whatever state to: running from its disk. */
async function bringUp(inputs: BootInputs, known: Findings, stateNote: Note | undefined): Promise<BootState> {
  const context = await contextOf(inputs, known);
  const effects = realEffects(context, stateNote);
  const install = installId(inputs.image.name, inputs.reinstall);
  await bootInTurn(
    inputs.cloud,
    () => ensureBooted(effects, install, inputs.machine),
    () => {
      context.progress('waiting for its turn to boot');
    },
  );
  if (effects.proof === undefined) throw new Error(`${inputs.machine} was called booted without proof`);
  const { system, view } = effects.proof;
  const { findings } = context;
  if (findings.hostKeySource === 'first-contact' && known.hostKey === undefined) {
    const text = `${inputs.machine}: its console said no host key; the key of the first login is recorded`;
    await reportRemark(inputs.resourceUrn, 'info', text);
  }
  const target = loginOf(context, view);
  const facts: BootFacts = {
    ...system,
    address: target.host,
    sshPort: target.port,
    hostKey: findings.hostKey ?? '',
    hostKeySource: findings.hostKeySource ?? 'first-contact',
    power: view.power,
    state: view.stateDetail,
    reachable: true,
    install,
    installedBuild: findings.installedBuild ?? '',
    installedAt: findings.installedAt ?? '',
    transcript: relativePath(findings.transcript),
  };
  return { ...inputs, ...facts };
}

async function contextOf(inputs: BootInputs, findings: Findings): Promise<BootContext> {
  return {
    cloud: await connectCloud(inputs.cloud),
    inputs,
    waits: withDefaults(inputs.waits),
    stack: parseUrn(inputs.resourceUrn).stack,
    findings,
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
