import path from 'node:path';
import { summaryOf } from '../../../errors/error.ts';
import { connectRemote, type ConnectOptions } from '../../../remote/connect.ts';
import type { RemoteSession } from '../../../remote/session.ts';
import { askAgent, type Target } from '../../../transfer/target/agent.ts';
import type { AgentArguments } from '../../../transfer/target/program.ts';
import type { Deadline } from '../../../waiting/deadline.ts';
import type { SlotUpgradeInputs } from './args.ts';
import { MachineTrouble } from './machine.ts';
import { isGone } from './reachable.ts';

/**
 * Seconds for which a machine may refuse the login: it ran when it was asked last, so that only one that somebody has
 * restarted by hand gets its key a little later. A reboot of ours is waited for longer; see reboot.ts.
 */
const refusalGrace = 10;

/** The one connection to a machine: made when it is needed, kept while it lives. */
export class MachineConnection {
  readonly #inputs: Pick<SlotUpgradeInputs, 'machine' | 'target'>;
  readonly #login: (options: ConnectOptions) => Promise<RemoteSession>;
  #session: RemoteSession | undefined;
  #drops = 0;

  /** @param login `connectRemote` but for tests. */
  constructor(
    inputs: Pick<SlotUpgradeInputs, 'machine' | 'target'>,
    login: (options: ConnectOptions) => Promise<RemoteSession> = connectRemote,
  ) {
    this.#inputs = inputs;
    this.#login = login;
  }

  /** Asks the agent; once more over a new connection when the old one had died meanwhile. */
  async ask(command: string, given: AgentArguments, deadline: Deadline): ReturnType<typeof askAgent> {
    const fresh = this.#session === undefined;
    try {
      return await askAgent(await this.target(deadline), command, given, deadline);
    } catch (error) {
      if (!isGone(error)) throw error;
      await this.drop();
      if (fresh || deadline.passed)
        throw new MachineTrouble(summaryOf(error), { reachable: false }, { cause: error });
      return this.ask(command, given, deadline);
    }
  }

  /** The machine with a connection to it. */
  async target(deadline: Deadline): Promise<Target> {
    return { machine: this.#inputs.machine, session: await this.session(deadline) };
  }

  async session(deadline: Deadline): Promise<RemoteSession> {
    return this.#session ?? (await this.#connect(deadline));
  }

  async drop(): Promise<void> {
    this.#drops += 1;
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  async #connect(deadline: Deadline): Promise<RemoteSession> {
    const { machine, target } = this.#inputs;
    const drops = this.#drops;
    const session = await this.#login({
      target: {
        machine,
        host: target.address,
        port: target.sshPort,
        user: target.ssh.user,
        keyFile: path.resolve(target.ssh.keyFile),
      },
      deadline,
      refusalGrace,
      ...(target.hostKey !== '' && { hostKey: target.hostKey }),
    });
    // Dropped meanwhile, or made twice: nobody else would ever close this one.
    if (drops !== this.#drops || this.#session !== undefined) {
      await session.close();
      if (this.#session !== undefined) return this.#session;
      throw new MachineTrouble('the connection was given up while it was made', { reachable: false });
    }
    void session.closed.then(() => {
      if (this.#session === session) this.#session = undefined;
    });
    this.#session = session;
    return session;
  }
}
