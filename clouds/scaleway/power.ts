import { poll } from '../../waiting/poll.ts';
import { BootfleetError } from '../../errors/error.ts';
import { machineGone, powerTimeout, requestRefused } from '../../errors/cloud.ts';
import { parseRefusedStart } from '../../contracts/refused-start.ts';
import { startRefused } from '../../errors/localcloud.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import type { ScalewayHttp } from './http.ts';
import type { ServerAnswer } from './server-answer.ts';

/** What `ensurePower` works with. */
export interface PowerTarget {
  readonly http: ScalewayHttp;
  /** Path of the server below the endpoint. */
  readonly path: string;
  readonly id: string;
  readonly wanted: 'running' | 'stopped';
  readonly deadline: Deadline;
  /** Seconds between two looks; default as of `poll`. */
  readonly every?: number;
}

/** What to do about a server in `state` that should be `wanted`. Pure. */
export function powerStep(
  state: string,
  wanted: 'running' | 'stopped',
): 'done' | 'wait' | 'poweron' | 'poweroff' {
  if (state === wanted) return 'done';
  if (wanted === 'running') return state === 'stopped' || state === 'stopped in place' ? 'poweron' : 'wait';
  return state === 'running' || state === 'stopped in place' ? 'poweroff' : 'wait';
}

/**
 * Brings a server to a power state and waits until it is there. An action is asked for only in a state that allows
 * it, and again when the server turns out not to have taken it, so that a lost answer does no harm.
 *
 * @throws BF1409 not there in time, BF1844 its host has no room for it, BF1412 server deleted, and the client's errors.
 */
export async function ensurePower({ http, path, id, wanted, deadline, every }: PowerTarget): Promise<void> {
  let seen = 'unknown';
  let asked = false;
  const name = { text: id };
  await poll({
    deadline,
    ...(every === undefined ? {} : { every }),
    onTimeout: () =>
      powerTimeout({ machine: name.text, wanted, seen, seconds: Math.round(deadline.length / 1000) }),
    probe: async () => {
      const about = { resource: 'server', id };
      const answer = await http.json<{ server: ServerAnswer }>({
        method: 'GET',
        path,
        about,
        orNothing: true,
      });
      if (answer === undefined) throw machineGone({ id, doing: `bringing it to ${wanted}` });
      const { server } = answer;
      name.text = server.name;
      seen = server.state_detail ? `${server.state}, ${server.state_detail}` : server.state;
      const step = powerStep(server.state, wanted);
      if (step === 'done') return true;
      // What is shown before it was asked may be of an earlier time.
      const refused = asked && step === 'poweron' ? parseRefusedStart(server.state_detail ?? '') : undefined;
      if (refused !== undefined) throw startRefused({ machine: server.name, why: refused });
      if (step !== 'wait') {
        const outcome = await act(http, path, id, step);
        seen = `${seen}, ${outcome.said}`;
        asked ||= outcome.taken;
      }
      return undefined;
    },
  });
}

/** Asks for an action. A lost answer or a state that changed meanwhile is left to the next look. */
async function act(
  http: ScalewayHttp,
  path: string,
  id: string,
  action: 'poweron' | 'poweroff',
): Promise<{ readonly taken: boolean; readonly said: string }> {
  try {
    await http.send({
      method: 'POST',
      path: `${path}/action`,
      body: { action },
      about: { resource: 'server', id },
    });
    return { taken: true, said: `${action} asked for` };
  } catch (error) {
    if (error instanceof BootfleetError && isPassing(error))
      return { taken: false, said: `${action} failed: ${error.summary}` };
    throw error;
  }
}

/** Errors after which looking again tells more than giving up: bounded by the caller's deadline. */
function isPassing(error: BootfleetError): boolean {
  if (['BF1403', 'BF1408'].includes(error.code)) return true;
  // A state that does not allow the action (it changed between look and action), not a wrong argument.
  return error.code === requestRefused.definition.code && [409, 412].includes(Number(error.facts['status']));
}
