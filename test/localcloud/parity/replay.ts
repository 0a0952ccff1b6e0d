import { setTimeout as pause } from 'node:timers/promises';
import type { Daemon } from '../../../localcloud/daemon/run.ts';
import { Bindings } from './bindings.ts';
import { compare } from './compare.ts';
import type { Gates } from './gates.ts';
import type { Interaction } from './recording.ts';
import { outOfScope } from './scope.ts';

/** What came of one recording. */
export interface ReplayResult {
  readonly matched: number;
  /** What differs, with the number of the interaction. */
  readonly different: readonly string[];
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
  const bindings = new Bindings({
    [recordedIds.project]: endpoints.projectId,
    [recordedIds.task]: recordedIds.task,
  });
  const different: string[] = [];
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
    const problems = await send(endpoints, gates, bindings, { request, response });
    if (problems.length === 0) matched += 1;
    else different.push(...problems.map((problem) => `#${id} ${request.method} ${url.pathname}: ${problem}`));
  }
  return { matched, different, leftOut };
}

async function send(
  endpoints: Daemon['endpoints'],
  gates: Gates,
  bindings: Bindings,
  { request, response }: Pick<Interaction, 'request' | 'response'>,
): Promise<readonly string[]> {
  const url = new URL(request.url);
  const target = `${endpoints.api}${bindings.translate(`${url.pathname}${url.search}`)}`;
  const resource = /([0-9a-f-]{36})(\/action)?$/.exec(new URL(target).pathname)?.[1] ?? '';
  for (let idle = 0; ; idle += 1) {
    const answer = await fetch(target, {
      method: request.method,
      headers: { 'X-Auth-Token': endpoints.secretKey },
      ...(request.body === '' ? {} : { body: bindings.translate(request.body) }),
    });
    const problems = differences(response, answer.status, await answer.text(), bindings);
    // Only looking may be done again: while there is a step to let go, and a moment longer for the last one's effect.
    if (problems.length === 0 || request.method !== 'GET' || idle > 60) return problems;
    if (gates.open(resource)) idle = 0;
    await pause(5);
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
