/**
 * The program that upgrades a machine in a process of its own, so that a test can kill it at any moment. It holds what a
 * real one holds: files, SSH and its memory. Power and console are the test's and are asked for over the IPC channel.
 */
import type { Cloud, MachineView } from '../../../../../clouds/cloud.ts';
import type { ConsoleTransport } from '../../../../../console/transport.ts';
import { upgradeMachine, type UpgradeOrder } from '../upgrade-machine.ts';
import type { CloudCall, FromOrchestrator, ToOrchestrator } from './messages.ts';

interface Console {
  readonly onData: (bytes: Uint8Array) => void;
}

let lastId = 0;
const asked = new Map<number, PromiseWithResolvers<MachineView | undefined>>();
const consoles = new Map<number, Console>();

process.on('message', (message: ToOrchestrator) => {
  if (message.type === 'upgrade') void upgrade(message.order);
  else if (message.type === 'console')
    consoles.get(message.console)?.onData(Buffer.from(message.bytes, 'base64'));
  else answered(message);
});
// The test is gone: nobody is left to stop this one.
process.on('disconnect', () => process.exit());
tell({ type: 'ready' });

function tell(message: FromOrchestrator): void {
  process.send?.(message);
}

async function upgrade(order: UpgradeOrder): Promise<void> {
  const onStep = (text: string): void => {
    tell({ type: 'step', text });
  };
  try {
    tell({ type: 'ended', report: await upgradeMachine(order, cloud, { onStep }) });
  } catch (error) {
    tell({ type: 'broken', error: (error as Error).stack ?? String(error) });
  }
}

function ask(call: CloudCall): Promise<MachineView | undefined> {
  lastId += 1;
  const answer = Promise.withResolvers<MachineView | undefined>();
  asked.set(lastId, answer);
  tell({ type: 'call', id: lastId, call });
  return answer.promise;
}

function answered({ id, view, error }: Extract<ToOrchestrator, { type: 'answer' }>): void {
  if (error === undefined) asked.get(id)?.resolve(view);
  else asked.get(id)?.reject(new Error(error));
  asked.delete(id);
}

const none = (): Promise<never> => Promise.reject(new Error('not part of this test'));

const cloud: Cloud = {
  ref: { kind: 'scaleway', zone: 'fr-par-1' },
  observe: () => ask({ what: 'observe' }),
  list: none,
  setBootSource: none,
  readNote: none,
  writeNote: none,
  powerOn: () => ask({ what: 'powerOn' }).then(() => undefined),
  powerOff: () => ask({ what: 'powerOff' }).then(() => undefined),
  hardReboot: () => ask({ what: 'hardReboot' }).then(() => undefined),
  openConsole,
};

async function openConsole(): Promise<ConsoleTransport> {
  lastId += 1;
  const console = lastId;
  const early: Uint8Array[] = [];
  let listener = (bytes: Uint8Array): void => {
    early.push(bytes);
  };
  consoles.set(console, {
    onData: (bytes) => {
      listener(bytes);
    },
  });
  await ask({ what: 'open-console', console });
  const closed = Promise.withResolvers<Error | undefined>();
  return {
    description: 'serial console of the test machine',
    onData: (next) => {
      listener = next;
      for (const bytes of early.splice(0)) next(bytes);
    },
    write: (bytes) =>
      ask({ what: 'write-console', console, bytes: Buffer.from(bytes).toString('base64') }).then(
        () => undefined,
      ),
    closed: closed.promise,
    close: async () => {
      if (!consoles.delete(console)) return;
      await ask({ what: 'close-console', console });
      closed.resolve(undefined);
    },
  };
}
