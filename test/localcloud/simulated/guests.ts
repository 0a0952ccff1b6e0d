import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MachineSpec } from '../../../localcloud/machines/machine-driver.ts';
import { ScriptedGuests } from '../../../localcloud/simulated/scripted-guest.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { ownAddress, ownPort } from '../../own-address.ts';

/** Scripted machines of a test, and what they told the cloud. */
export interface TestGuests {
  readonly guests: ScriptedGuests;
  readonly spec: MachineSpec;
  /** Port of SSH. */
  readonly port: number;
  readonly reported: string[];
  readonly logged: string[];
  /** What a viewer of the machine's line has seen so far. */
  readonly shown: () => string;
  /** Resolves once the line has shown it. */
  readonly until: (text: string) => Promise<void>;
  readonly type: (text: string) => void;
}

/** @param bootSource of the one machine. */
export async function testGuests(bootSource: MachineSpec['bootSource']): Promise<TestGuests> {
  const port = await ownPort();
  const reported: string[] = [];
  const logged: string[] = [];
  const guests = new ScriptedGuests({
    portOffset: port - 22,
    hostKeyFile: join(await mkdtemp(join(tmpdir(), 'bootfleet-guests-')), 'host-key.json'),
    log: (line) => logged.push(line),
    report: (id, state) => {
      reported.push(`${id} ${state}`);
      return Promise.resolve();
    },
  });
  const spec = testSpec(bootSource);
  let seen = '';
  const viewer = guests.attach(spec.id);
  viewer.onData((bytes) => {
    seen += Buffer.from(bytes).toString();
  });
  return {
    guests,
    spec,
    port,
    reported,
    logged,
    shown: () => seen,
    until: async (text) => {
      await poll({
        probe: () => Promise.resolve(seen.includes(text) || undefined),
        deadline: Deadline.after(20),
        every: 0.005,
        onTimeout: () => new Error(`the line never showed ${JSON.stringify(text)}: ${seen}`),
      });
    },
    type: (text) => {
      viewer.write(Buffer.from(text));
    },
  };
}

/** A machine that nothing is behind. */
export function testSpec(bootSource: MachineSpec['bootSource'] = 'disk'): MachineSpec {
  return {
    id: 'm1',
    serverType: 'START1-XS',
    bootSource,
    disks: [],
    address: ownAddress,
    macAddress: 'de:00:00:00:00:01',
    ports: [22],
    metadataSocket: '/nowhere',
    reach: { kind: 'closed', storagePort: undefined },
  };
}
