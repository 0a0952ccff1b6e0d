import { setTimeout as pause } from 'node:timers/promises';
import type { Daemon } from '../../../localcloud/daemon/run.ts';
import type { Store } from '../../../localcloud/store/store.ts';
import { Bindings } from './bindings.ts';
import { compare } from './compare.ts';
import type { Gates } from './gates.ts';
import type { Interaction } from './recording.ts';
import { outOfScope } from './scope.ts';

/** An answer that differs. */
export interface Difference {
  /** Number of the recorded request. */
  readonly at: number;
  readonly text: string;
}

/** What came of one recording. */
export interface ReplayResult {
  readonly matched: number;
  readonly different: readonly Difference[];
  /** Requests left out, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** The recorded account's ids that are there from the start. */
const recordedIds = {
  project: '105bdce1-64c0-48ab-899d-868455867ecf',
  task: '00000000-0000-0000-0000-000000000000',
};

/** Sends a recording's requests to an embedded cloud and compares the answers. */
export async function replay(
  daemon: Daemon,
  gates: Gates,
  recording: readonly Interaction[],
): Promise<ReplayResult> {
  const { endpoints } = daemon;
  // What is under way is written down; a step that is neither over nor held by a gate is still to take effect.
  const settled = (): boolean => underWay(daemon.cloud.store).every((resource) => gates.holds(resource));
  const bindings = new Bindings({
    [recordedIds.project]: endpoints.projectId,
    [recordedIds.task]: recordedIds.task,
  });
  const different: Difference[] = [];
  const leftOut: Record<string, number> = {};
  let matched = 0;
  for (const { id, request, response } of recording) {
    const url = new URL(request.url);
    const strange = bindings.unknown(`${url.pathname}${url.search}`).filter((one) => !isPlaceholder(one));
    const reason =
      outOfScope(request.method, url, request.body) ??
      (strange.length > 0 && request.method !== 'POST' ? idReason(request.url) : undefined);
    if (reason !== undefined) {
      leftOut[reason] = (leftOut[reason] ?? 0) + 1;
      continue;
    }
    const problems = await send(endpoints, { gates, settled }, bindings, { request, response });
    if (problems.length === 0) matched += 1;
    else {
      const where = `#${id} ${request.method} ${url.pathname}`;
      different.push(...problems.map((problem) => ({ at: id, text: `${where}: ${problem}` })));
    }
  }
  return { matched, different, leftOut };
}

async function send(
  endpoints: Daemon['endpoints'],
  { gates, settled }: { readonly gates: Gates; readonly settled: () => boolean },
  bindings: Bindings,
  { request, response }: Pick<Interaction, 'request' | 'response'>,
): Promise<readonly string[]> {
  const url = new URL(request.url);
  const target = `${endpoints.api}${bindings.translate(`${url.pathname}${url.search}`)}`;
  const resource = /([0-9a-f-]{36})(\/action)?$/.exec(new URL(target).pathname)?.[1] ?? '';
  for (;;) {
    const final = settled();
    const answer = await fetch(target, {
      method: request.method,
      headers: { 'X-Auth-Token': endpoints.secretKey },
      ...(request.body === '' ? {} : { body: bindings.translate(request.body) }),
    });
    const problems = differences(response, answer.status, await answer.text(), bindings);
    // Only looking may be done again: while there is a step to let go, or one whose effect is still to come.
    if (problems.length === 0 || request.method !== 'GET') return problems;
    if (!gates.open(resource) && final) return problems;
    await pause(1);
  }
}

function differences(
  recorded: Interaction['response'],
  status: number,
  text: string,
  bindings: Bindings,
): readonly string[] {
  if (recorded.code !== status)
    return [`status: recorded ${recorded.code}, ours ${status} ${text.slice(0, 200)}`];
  const [wanted, own] = [parsed(recorded.body), parsed(text)];
  if (typeof wanted === 'string' || typeof own === 'string') {
    return recorded.body === text ? [] : [`body: recorded ${recorded.body}, ours ${text}`];
  }
  return compare(wanted, own, bindings);
}

/** Ids of what has something under way: a power action, or a disk that is being made. */
function underWay(store: Store): readonly string[] {
  return [
    ...store.list('server').filter((server) => server.pending !== null),
    ...store.list('volume').filter((volume) => volume.status === 'creating'),
    ...store.list('snapshot').filter((snapshot) => snapshot.status === 'creating'),
  ].map(({ id }) => id);
}

/** JSON, or the text itself (user data). */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : text;
  } catch {
    return text;
  }
}

/** Ids in URLs that stand for nothing, as the recorder's organization. */
function isPlaceholder(id: string): boolean {
  return /^(.)\1{7}-/.test(id);
}

function idReason(url: string): string {
  const kind = /\/([a-z-]+)\/[0-9a-f-]{36}/.exec(url)?.[1] ?? 'resources';
  return `${kind} that only left-out requests made`;
}
