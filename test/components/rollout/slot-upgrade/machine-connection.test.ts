import { expect, test } from 'vitest';
import { MachineConnection } from '../../../../components/rollout/slot-upgrade/machine-connection.ts';
import type { SlotUpgradeInputs } from '../../../../components/rollout/slot-upgrade/args.ts';
import type { RemoteSession } from '../../../../remote/session.ts';
import { Deadline } from '../../../../waiting/deadline.ts';

const inputs = {
  machine: 'edge-1',
  target: { address: 'h', sshPort: 22, ssh: { user: 'root', keyFile: 'k' }, hostKey: '' },
} as SlotUpgradeInputs;
const soon = Deadline.after(20);

/** Logins that end when they are told to. */
class Logins {
  readonly #under: PromiseWithResolvers<RemoteSession>[] = [];
  open = 0;

  readonly login = (): Promise<RemoteSession> => {
    const one = Promise.withResolvers<RemoteSession>();
    this.#under.push(one);
    return one.promise;
  };

  succeed(index: number): void {
    this.open += 1;
    this.#under[index]?.resolve({
      closed: new Promise(() => undefined),
      close: () => {
        this.open -= 1;
        return Promise.resolve();
      },
    } as unknown as RemoteSession);
  }
}

test('a login that succeeds after its connection was given up is closed', async () => {
  const logins = new Logins();
  const connection = new MachineConnection(inputs, logins.login);
  const first = connection.session(soon);
  await connection.drop();
  logins.succeed(0);
  await expect(first).rejects.toThrow('given up while it was made');
  expect(logins.open).toBe(0);
  const second = connection.session(soon);
  logins.succeed(1);
  await second;
  expect(logins.open).toBe(1);
  await connection.drop();
  expect(logins.open).toBe(0);
});

test('of two logins at once one is kept, and the other is closed', async () => {
  const logins = new Logins();
  const connection = new MachineConnection(inputs, logins.login);
  const both = [connection.session(soon), connection.session(soon)];
  logins.succeed(1);
  logins.succeed(0);
  const [one, other] = await Promise.all(both);
  expect(one).toBe(other);
  expect(logins.open).toBe(1);
});
