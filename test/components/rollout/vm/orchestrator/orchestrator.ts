import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Cloud, MachineView } from '../../../../../clouds/cloud.ts';
import type { UpgradeReport } from '../../../../../components/rollout/slot-upgrade/run.ts';
import type { ConsoleTransport } from '../../../../../console/transport.ts';
import { Deadline } from '../../../../../waiting/deadline.ts';
import type { UpgradeOrder } from '../upgrade-machine.ts';
import type { CloudCall, FromOrchestrator, ToOrchestrator } from './messages.ts';

const program = new URL('process.ts', import.meta.url);

/** An upgrade that another process does. */
export interface RunningUpgrade {
  /** Undefined when the process was killed before the end. */
  readonly ended: Promise<UpgradeReport | undefined>;
}

/** A process that does upgrades, one after the other, until it is killed; see process.ts. */
export class Orchestrator {
  readonly #child: ChildProcess;
  readonly #cloud: Cloud;
  readonly #consoles = new Map<number, ConsoleTransport>();
  readonly #ready: Promise<unknown>;
  readonly #gone: Promise<unknown>;
  #onStep: (text: string) => void = () => undefined;
  #running: PromiseWithResolvers<UpgradeReport | undefined> | undefined;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
    this.#gone = once(this.#child, 'exit');
    const ready = Promise.withResolvers<undefined>();
    this.#child.on('message', (message: FromOrchestrator) => {
      if (message.type === 'ready') ready.resolve(undefined);
      else void this.#take(message);
    });
    void this.#gone.then(() => {
      ready.reject(new Error('the process of the upgrade ended before it began'));
      void this.#closeConsoles();
      this.#running?.resolve(undefined);
    });
    this.#ready = ready.promise;
    this.#ready.catch(() => undefined); // Reported by `upgrade`.
  }

  /** Begins an upgrade; the process must not be doing one. */
  async upgrade(order: UpgradeOrder, onStep: (text: string) => void): Promise<RunningUpgrade> {
    await this.#ready;
    const running = Promise.withResolvers<UpgradeReport | undefined>();
    this.#running = running;
    this.#onStep = onStep;
    this.#tell({ type: 'upgrade', order });
    return { ended: running.promise };
  }

  /** SIGKILL: nothing is finished, nothing is said good-bye to. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  async #take(message: Exclude<FromOrchestrator, { type: 'ready' }>): Promise<void> {
    if (message.type === 'step') this.#onStep(message.text);
    else if (message.type === 'ended') this.#running?.resolve(message.report);
    else if (message.type === 'broken') this.#running?.reject(new Error(message.error));
    else {
      const { id, call } = message;
      try {
        this.#tell({ type: 'answer', id, view: await this.#do(call) });
      } catch (error) {
        this.#tell({ type: 'answer', id, error: (error as Error).message });
      }
    }
  }

  async #do(call: CloudCall): Promise<MachineView | undefined> {
    const deadline = Deadline.after(60);
    switch (call.what) {
      case 'observe':
        return this.#cloud.observe('');
      case 'powerOn':
      case 'powerOff':
      case 'hardReboot':
        await this.#cloud[call.what]('', deadline);
        return undefined;
      case 'open-console': {
        const { console } = call;
        const transport = await this.#cloud.openConsole('', deadline);
        this.#consoles.set(console, transport);
        transport.onData((bytes) => {
          this.#tell({ type: 'console', console, bytes: Buffer.from(bytes).toString('base64') });
        });
        return undefined;
      }
      case 'write-console':
        await this.#consoles.get(call.console)?.write(Buffer.from(call.bytes, 'base64'));
        return undefined;
      case 'close-console':
        await this.#consoles.get(call.console)?.close();
        this.#consoles.delete(call.console);
        return undefined;
    }
  }

  async #closeConsoles(): Promise<void> {
    await Promise.all([...this.#consoles.values()].map((console) => console.close()));
    this.#consoles.clear();
  }

  /** A process that was just killed takes nothing any more. */
  #tell(message: ToOrchestrator): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
