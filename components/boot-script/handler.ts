import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { missingObjects, objectUrl, removeObjects, type Store } from '../../transfer/object-store.ts';
import { ensureContent } from '../../transfer/upload.ts';
import { checkFailure } from '../check-failure.ts';
import { objectsGone } from '../objects-gone.ts';
import { reportProgress } from '../progress.ts';
import { withStore } from '../resource-store.ts';
import { isUnknown } from '../unknown.ts';
import type { ScriptInputs, ScriptState } from './args.ts';
import { programOf, type ProgramFiles } from './programs.ts';
import { renderScript, type Programs } from './render.ts';

/** Effects of `BootScript`; see handled-resource.ts for how Pulumi comes here. */

/** Stands for the addresses of programs while a script is only tried. */
const somewhere: Programs = {
  kernel: 'http://bootfleet.invalid/kernel',
  initrd: 'http://bootfleet.invalid/initrd',
};

/** Renders the script for nothing, so that a value that iPXE would misread is refused at preview. */
export async function check(
  _olds: ScriptInputs,
  news: ScriptInputs,
): Promise<pulumi.dynamic.CheckResult<ScriptInputs>> {
  if (isUnknown(news.does)) return { inputs: news };
  try {
    renderScript(news.does, somewhere);
    const program = await programOf(news.does);
    return { inputs: { ...news, ...(program && { program: program.digest }) } };
  } catch (error) {
    return { inputs: news, failures: [checkFailure('does', error)] };
  }
}

/** A script of which an object is missing differs too: it is published again before a machine waits for it. */
export async function diff(
  _id: string,
  olds: ScriptState,
  news: ScriptInputs,
): Promise<pulumi.dynamic.DiffResult> {
  const found = changesOf(olds, news);
  if (found.changes) return found;
  const changes = await objectsGone(news.resourceUrn, async () => {
    const missing = await withStore(olds, olds.bucket, (store) => missingObjects(store, olds.keys));
    return missing.length > 0;
  });
  return { ...found, changes };
}

/** By the arguments alone. Pure. */
export function changesOf(olds: ScriptState, news: ScriptInputs): pulumi.dynamic.DiffResult {
  const moved = !same(olds.cloud, news.cloud) || olds.fleet !== news.fleet || olds.script !== news.script;
  const changes = moved || olds.program !== news.program || !same(olds.does, news.does);
  return { changes, replaces: moved ? ['cloud', 'fleet', 'script'] : [] };
}

export async function create(inputs: ScriptInputs): Promise<pulumi.dynamic.CreateResult<ScriptState>> {
  const outs = await publish(inputs);
  return { id: `${outs.bucket}/boot/${inputs.script}`, outs };
}

export async function update(
  _id: string,
  olds: ScriptState,
  news: ScriptInputs,
): Promise<pulumi.dynamic.UpdateResult<ScriptState>> {
  const outs = await publish(news, olds.bucket);
  await remove(
    olds,
    olds.keys.filter((key) => !outs.keys.includes(key)),
  );
  return { outs };
}

/** A script of which an object is missing is gone for Pulumi too: the next `pulumi up` publishes it again. */
export async function read(id: string, state?: ScriptState): Promise<pulumi.dynamic.ReadResult<ScriptState>> {
  // An import names an object and nothing else; there is not enough to look it up.
  if (!state) return {};
  return withStore(state, state.bucket, async (store) => {
    const missing = await missingObjects(store, state.keys);
    return missing.length > 0 ? {} : { id, props: state };
  });
}

async function del(_id: string, state: ScriptState): Promise<void> {
  await remove(state, state.keys);
}
export { del as delete };

async function publish(inputs: ScriptInputs, bucket?: string): Promise<ScriptState> {
  return withStore(inputs, bucket, async (store) => {
    reportProgress(inputs.resourceUrn, 'publishing');
    const files = await programOf(inputs.does);
    const { programs, keys } = await publishProgram(store, inputs.script, files);
    const publishScript = async (zero: boolean): Promise<string> => {
      const text = renderScript(inputs.does, programs, zero);
      const key = `boot/${shortDigest(inputs.script, text)}.ipxe`;
      await ensureContent(store, { key, content: Buffer.from(text), contentType: 'text/plain' });
      keys.add(key);
      return objectUrl(store, key, 'servers');
    };
    const url = await publishScript(false);
    const urlForBlankDisk = inputs.does.kind === 'flash-image' ? await publishScript(true) : url;
    const program = files && { program: files.digest };
    return { ...inputs, ...program, bucket: store.bucket, keys: [...keys], url, urlForBlankDisk };
  });
}

async function publishProgram(
  store: Store,
  script: string,
  files: ProgramFiles | undefined,
): Promise<{ programs: Programs | undefined; keys: Set<string> }> {
  const keys = new Set<string>();
  if (!files) return { programs: undefined, keys };
  const folder = `writer/${shortDigest(script, files.digest)}`;
  const put = async (file: { name: string; content: Uint8Array }): Promise<string> => {
    const key = `${folder}/${file.name}`;
    await ensureContent(store, { key, content: file.content, contentType: 'application/octet-stream' });
    keys.add(key);
    return objectUrl(store, key, 'servers');
  };
  const kernel = await put(files.kernel);
  const initrd = files.initrd && (await put(files.initrd));
  return { programs: { kernel, initrd, arguments: files.arguments }, keys };
}

/** Sixteen hex digits of a content; made with the script's name, so that no two resources share an object. */
function shortDigest(script: string, content: string): string {
  return createHash('sha256').update(`${script}\0${content}`).digest('hex').slice(0, 16);
}

async function remove(state: ScriptState, keys: readonly string[]): Promise<void> {
  await withStore(state, state.bucket, (store) => removeObjects(store, keys));
}

/** Compares without prototypes and `undefined`s, which do not survive the way through Pulumi. */
function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(
    JSON.parse(JSON.stringify(one ?? null)),
    JSON.parse(JSON.stringify(other ?? null)),
  );
}
