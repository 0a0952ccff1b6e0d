import { expect, test, vi } from 'vitest';
import type { BootContext } from '../../../components/boot-mode/context.ts';
import { installImage } from '../../../components/boot-mode/install.ts';
import { withDefaults } from '../../../components/boot-mode/waits.ts';
import { bootFromNetwork } from '../../../components/network-boot/boot.ts';
import type { NetworkBootContext } from '../../../components/network-boot/context.ts';
import {
  consoleClosed,
  consoleSilent,
  ipxeCommandFailed,
  lineNotEchoed,
  machineRestarted,
} from '../../../errors/console.ts';
import { FakeMachine } from './fake-machine.ts';

// The second between two attempts is no part of what is tried again.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const screen = 'iPXE>';
const [machine, doing, command, reason] = ['edge-1', 'typing `dhcp`', 'dhcp', 'why'];
const passing = [
  consoleClosed({ machine, doing, reason, screen }),
  lineNotEchoed({ machine, line: command, attempts: 12, screen }),
  consoleSilent({ machine, doing, seconds: 96, screen }),
  machineRestarted({ machine, command, sign: 'iPXE initialising', screen }),
];
const lasting = [ipxeCommandFailed({ machine, command, reason, screen }), new Error('a bug')];

/** A machine whose every dialogue ends with that error; what was done to it is in its log. */
class Failing extends FakeMachine {
  readonly #error: Error;

  constructor(error: Error) {
    super();
    this.#error = error;
  }

  override openConsole(): Promise<never> {
    this.log.push('dialogue');
    return Promise.reject(this.#error);
  }

  override powerOff(): Promise<void> {
    this.log.push('power off');
    return Promise.resolve();
  }
}

const bringUps: Record<string, (context: BootContext & NetworkBootContext) => Promise<void>> = {
  'an installation': (context) => installImage(context, true),
  'a boot from the network': (context) => bootFromNetwork(context),
};

const contextOf = (cloud: FakeMachine, said: string[]): BootContext & NetworkBootContext =>
  ({
    cloud,
    inputs: { machine, server: 'abc', image: { name: 'edge' } },
    waits: withDefaults({}),
    stack: 'local',
    findings: {},
    progress: (text: string) => said.push(text),
  }) as unknown as BootContext & NetworkBootContext;

for (const [name, bringUp] of Object.entries(bringUps)) {
  test.each(passing)(`${name} is tried again from power-off behind $code`, async (error) => {
    const failing = new Failing(error);
    const said: string[] = [];
    await expect(bringUp(contextOf(failing, said))).rejects.toThrow(error.code);
    expect(failing.log).toEqual(['dialogue', 'power off', 'dialogue']);
    expect(said).toContainEqual(expect.stringMatching(`${error.code} .*; attempt 2 of 2`));
  });

  test.each(lasting)(`${name} is not tried again behind $name $code`, async (error) => {
    const failing = new Failing(error);
    await expect(bringUp(contextOf(failing, []))).rejects.toThrow();
    expect(failing.log).toEqual(['dialogue']);
  });
}
