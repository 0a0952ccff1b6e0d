import { expect, test, vi } from 'vitest';
import type { Cloud, MachineView } from '../../../../clouds/cloud.ts';
import type { BootState } from '../../../../components/boot-mode/args.ts';
import { changesOf } from '../../../../components/boot-mode/changes.ts';
import type { BootContext } from '../../../../components/boot-mode/context.ts';
import { lookNow } from '../../../../components/boot-mode/look.ts';
import { afterLook } from '../../../../components/boot-mode/seen.ts';
import type { SlotUpgradeInputs } from '../../../../components/rollout/slot-upgrade/args.ts';
import { MachineTrouble } from '../../../../components/rollout/slot-upgrade/machine.ts';
import { whySilent } from '../../../../components/rollout/slot-upgrade/why-silent.ts';
import { machineStoppedByHost } from '../../../../errors/localcloud.ts';
import { sshRefused } from '../../../../errors/machine.ts';

const inputs = { machine: 'edge-1', target: { server: '1' } } as SlotUpgradeInputs;
const silent = new MachineTrouble('edge-1 did not answer SSH', { reachable: false });
const stopped = { power: 'running', stateDetail: 'x', stoppedByHost: 'its disk is full' } as MachineView;
const cloud = (observe: () => Promise<MachineView | undefined>): (() => Promise<Cloud>) => {
  return () => Promise.resolve({ observe } as unknown as Cloud);
};

test('a machine that its host stopped is told with that cause and with what starts it anew, and counts as unreachable', async () => {
  const found = await whySilent(inputs, silent, cloud(() => Promise.resolve(stopped))); // prettier-ignore
  expect(found).toBeInstanceOf(MachineTrouble);
  expect(found).toMatchObject({ reachable: false, undone: false, cause: { code: 'BF1842', cause: silent } });
  expect((found as Error).message).toBe(
    'BF1842: the host of edge-1 stopped its processor: its disk is full; `pulumi up --refresh` starts it anew',
  );
});

test('whatever is wrong with the cloud, what was wrong with the machine stays the reason', async () => {
  const refuse = (): Promise<never> => Promise.reject(new Error('503'));
  const never = (): Promise<never> => new Promise(() => undefined);
  const asked = [refuse, cloud(refuse), cloud(() => Promise.resolve(undefined)), never, cloud(never)];
  for (const connect of asked) expect(await whySilent(inputs, silent, connect, 0.02)).toBe(silent);
});

test('of a machine that answers, and refuses or fails, the cloud is not asked', async () => {
  const connect = vi.fn(cloud(() => Promise.resolve(stopped)));
  const refused = sshRefused({ machine: 'edge-1', address: 'a', user: 'root', keyFile: 'k' });
  expect(await whySilent(inputs, refused, connect)).toBe(refused);
  const failed = new MachineTrouble('it failed', { reachable: true });
  expect(await whySilent(inputs, failed, connect)).toBe(failed);
  expect(connect).not.toHaveBeenCalled();
});

test('what BF1842 tells to do starts the machine anew: a refresh sees that it stands still, and the update boots it', async () => {
  const { next } = machineStoppedByHost({ machine: 'edge-1', why: 'x' });
  expect(next).toContain('`pulumi up --refresh`');
  const state = { machine: 'edge-1', install: 'edge', power: 'running', reachable: true } as BootState;
  const news = { ...state, image: { name: 'edge', sha256: '', bytes: 1 } };
  // Without a refresh the state knows nothing of it.
  expect(changesOf(state, news)).toMatchObject({ changes: false });
  const context = { cloud: await cloud(() => Promise.resolve(stopped))(), inputs: state };
  const look = await lookNow(context as unknown as BootContext);
  if (!look) throw new Error('it is gone');
  expect(changesOf(afterLook(state, look, 0), news)).toMatchObject({ changes: true, losesData: false });
});
