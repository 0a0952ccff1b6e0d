import type { ConsoleTransport } from '../../console/transport.ts';
import type { Deadline } from '../../waiting/deadline.ts';

/**
 * A serial line without its past. A console that is opened late sends first what earlier boots showed, and an old
 * `iPXE>` or an old `done` must not be taken for a new one. To be called while the machine is off: nothing new can
 * come then, so that the past has been sent when the line has been quiet for a while.
 *
 * @param quiet seconds; default 0.5. The protocol has no mark for the end of the past.
 */
export async function freshLine(
  transport: ConsoleTransport,
  { quiet = 0.5, deadline }: { quiet?: number; deadline: Deadline },
): Promise<ConsoleTransport> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = (): void => {
    resolve(undefined);
  };
  let listener: ((bytes: Uint8Array) => void) | undefined;
  const early: Uint8Array[] = [];
  let isPast = true;
  const timer = setTimeout(done, quiet * 1000);
  transport.onData((bytes) => {
    if (isPast) timer.refresh();
    else if (listener) listener(bytes);
    else early.push(bytes);
  });
  const { signal } = deadline;
  signal.addEventListener('abort', done);
  await Promise.race([promise, transport.closed]);
  signal.removeEventListener('abort', done);
  clearTimeout(timer);
  isPast = false;
  return {
    description: transport.description,
    closed: transport.closed,
    onData: (given) => {
      for (const bytes of early.splice(0)) given(bytes);
      listener = given;
    },
    write: (bytes) => transport.write(bytes),
    close: () => transport.close(),
  };
}
