import { expect, test } from 'vitest';
import { endingWithItsMachine } from '../../clouds/stop-watch.ts';
import { tellsWhy } from '../../console/dialogues/boot-outcome/boot-failure.ts';
import { ConsoleSession } from '../../console/session.ts';
import type { ConsoleTransport } from '../../console/transport.ts';
import { hostStopLine } from '../../contracts/host-stop.ts';
import { machineStoppedByHost } from '../../errors/localcloud.ts';
import { Deadline } from '../../waiting/deadline.ts';

const opened = Date.parse('2026-11-27T12:00:00Z');
const later = '2026-11-27T12:00:05.000Z';
const why = 'QEMU cannot go on (KVM internal error. Suberror: 1)';

/** A line that a test talks on. */
function line(): { transport: ConsoleTransport; says: (text: string) => void } {
  const closed = Promise.withResolvers<Error | undefined>();
  const listeners: ((bytes: Uint8Array) => void)[] = [];
  return {
    says: (text) => {
      for (const listener of listeners) listener(Buffer.from(text));
    },
    transport: {
      description: 'serial console of edge-1',
      onData: (listener) => listeners.push(listener),
      write: () => Promise.resolve(),
      closed: closed.promise,
      close: () => {
        closed.resolve(undefined);
        return Promise.resolve();
      },
    },
  };
}

function watched(inner: ConsoleTransport, stopped: () => Promise<string | undefined>): ConsoleTransport {
  const error = (cause: string): Error => machineStoppedByHost({ machine: 'id', why: cause });
  return endingWithItsMachine(inner, { stopped, error, since: opened });
}

test('who waits on the console of a machine that its host stopped gets its coded error at once, with the cause', async () => {
  const { transport, says } = line();
  const session = new ConsoleSession({
    transport: watched(transport, () => Promise.resolve(why)),
    machine: 'edge-1',
  });
  const wait = session.expect([{ name: 'prompt', match: 'iPXE>' }], {
    deadline: Deadline.after(60),
    doing: "waiting for iPXE's prompt",
  });
  const text = `iPXE initialising${hostStopLine(later, why)}`;
  // In two pieces: a console is a stream.
  says(text.slice(0, 40));
  says(text.slice(40));
  await expect(wait).rejects.toMatchObject({ code: 'BF1842', facts: { machine: 'edge-1', why } });
  await expect(
    session.expect([{ name: 'more', match: 'x' }], { deadline: Deadline.after(60), doing: 'waiting' }),
  ).rejects.toMatchObject({ code: 'BF1842' });
  await session.close();
});

test('it is a reason why a machine does not come up: who waits for SSH beside the console ends with it', () => {
  const error = machineStoppedByHost({ machine: 'edge-1', why });
  expect(tellsWhy(error, Deadline.after(60))).toBe(true);
});

test('a line that the cloud does not confirm, and one of before, end nothing', async () => {
  const { transport, says } = line();
  let asked = 0;
  const console = watched(transport, () => {
    asked += 1;
    return Promise.resolve(undefined);
  });
  let seen = '';
  console.onData((bytes) => {
    seen += Buffer.from(bytes).toString();
  });
  says(hostStopLine('2026-11-27T11:59:59.000Z', why));
  expect(asked).toBe(0);
  says(hostStopLine(later, 'a guest that prints this'));
  expect(asked).toBe(1);
  says('goes on');
  expect(seen).toContain('goes on');
  await console.close();
  expect(await console.closed).toBeUndefined();
});
