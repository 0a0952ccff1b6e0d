import { expect, test } from 'vitest';
import type { NetworkBootInputs } from '../../../components/network-boot/args.ts';
import type { NetworkBootContext } from '../../../components/network-boot/context.ts';
import { realEffects } from '../../../components/network-boot/effects.ts';
import { ensureRunning } from '../../../components/network-boot/ensure-running.ts';
import { bootId } from '../../../components/network-boot/note.ts';
import { withDefaults } from '../../../components/boot-mode/waits.ts';
import { bootObjectMissing } from '../../../errors/storage.ts';
import { codeOf, FakeMachine } from '../boot-mode/fake-machine.ts';

const inputs: NetworkBootInputs = {
  cloud: { kind: 'scaleway', zone: 'fr-par-1' },
  server: 'abc',
  machine: 'live-1',
  mode: 'ipxe-console',
  scriptUrl: 'http://169.254.42.2:40002/b/boot/0123456789abcdef.ipxe',
  proof: { kind: 'console', pattern: 'login: ' },
  within: 3,
  resourceUrn: 'urn:pulumi:local::bootfleet::pulumi-nodejs:dynamic/bootfleet:NetworkBoot::live-1',
};

test('what is to be loaded is not there: a machine that runs something else goes on, one that is off stays off', async () => {
  for (const power of ['running', 'off'] as const) {
    const machine = new FakeMachine();
    machine.power = power;
    machine.bootSource = 'network';
    const boot = bootId(inputs.scriptUrl, undefined);
    if (power === 'off') machine.note = JSON.stringify({ boot, phase: 'starting', at: 't' });
    const asked: string[] = [];
    const context: NetworkBootContext = {
      cloud: machine,
      inputs,
      waits: withDefaults({}),
      stack: 'local',
      findings: {},
      progress: () => undefined,
      connect: machine.connect,
      published: (urls) => {
        asked.push(...urls);
        return Promise.reject(bootObjectMissing({ machine: 'live-1', url: inputs.scriptUrl, status: 404 }));
      },
    };
    expect(await codeOf(ensureRunning(realEffects(context, undefined), boot, 'live-1'))).toBe('BF1516');
    expect(machine.log).toEqual([]);
    expect(asked).toEqual([inputs.scriptUrl]);
  }
});
