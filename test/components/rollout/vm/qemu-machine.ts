import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Cloud, PowerState } from '../../../../clouds/cloud.ts';
import type { KnownInputs, MachineRef } from '../../../../components/rollout/slot-upgrade/args.ts';
import type { UpgradeReport } from '../../../../components/rollout/slot-upgrade/run.ts';
import type { RolloutPolicy } from '../../../../components/rollout/policy.ts';
import type { ConsoleTransport } from '../../../../console/transport.ts';
import type { MachineDriver } from '../../../../localcloud/machines/machine-driver.ts';
import { openQemuDriver } from '../../../../localcloud/machines/qemu-driver.ts';
import { cacheFolder } from '../../../../scripts/setup/folders.ts';
import { connectRemote } from '../../../../remote/connect.ts';
import type { RemoteSession } from '../../../../remote/session.ts';
import { Deadline } from '../../../../waiting/deadline.ts';
import type { TestImage } from './test-images.ts';
import { upgradeInputs, upgradeMachine, type UpgradeOrder } from './upgrade-machine.ts';

/** Addresses of these tests; the embedded cloud hands out 127.66.0.x upwards. */
let lastAddress = 0;

/** A real machine for upgrade tests: QEMU, its own disk from a test image, no cloud between. */
export class QemuMachine {
  readonly name: string;
  readonly folder: string;
  readonly address: string;
  readonly keyFile: string;
  readonly cloud: Cloud;
  readonly #driver: MachineDriver;
  readonly #metadata: Server;
  readonly #id = `m${process.pid}`;
  #power: Promise<void> = Promise.resolve();

  static async start(name: string, image: TestImage): Promise<QemuMachine> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'bfvm-'));
    const driver = await openQemuDriver({
      folder: path.join(folder, 'm'),
      cacheFolder: cacheFolder(),
      portOffset: 0,
      endsWithUs: true,
    });
    await copyFile(image.img, path.join(folder, 'disk.raw'));
    const metadata = createServer((_request, response) => response.writeHead(404).end());
    await mkdir(path.join(folder, 's'));
    await new Promise<void>((resolve) => metadata.listen(path.join(folder, 's', 'md'), resolve));
    const machine = new QemuMachine(
      name,
      folder,
      driver,
      metadata,
      path.join(path.dirname(image.img), 'keys', 'edge_ed25519'),
    );
    await machine.powerOn();
    await (await machine.connect(120)).close();
    return machine;
  }

  private constructor(
    name: string,
    folder: string,
    driver: MachineDriver,
    metadata: Server,
    keyFile: string,
  ) {
    this.name = name;
    this.folder = folder;
    this.#driver = driver;
    this.#metadata = metadata;
    this.keyFile = keyFile;
    lastAddress += 1;
    this.address = `127.66.${200 + (process.pid % 50)}.${lastAddress}`;
    this.cloud = this.#asCloud();
  }

  /** Does nothing when it runs. */
  powerOn(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** As pulling the plug: QEMU is killed, so what the guest had not written to its disk is lost. */
  cutPower(): Promise<void> {
    return this.#inTurn(() => this.#driver.cutPower(this.#id));
  }

  /** The end of what its serial console has said, over all its boots. */
  consoleTail(bytes: number): string {
    const viewer = this.#driver.attachSerial(this.#id);
    let said = Buffer.alloc(0);
    viewer.onData((more) => {
      said = Buffer.concat([said, more]);
    });
    viewer.detach();
    return said.subarray(-bytes).toString('latin1');
  }

  /** Power is one thing at a time: a test and the upgrade that it cuts may both want it. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#power.then(change);
    this.#power = done.catch(() => undefined); // Reported to who asked; the next change must not fail with it.
    return done;
  }

  async #start(): Promise<void> {
    if (this.#driver.isRunning(this.#id)) return;
    await this.#driver.start({
      id: this.#id,
      serverType: 'START1-XS',
      bootSource: 'disk',
      disks: [path.join(this.folder, 'disk.raw')],
      address: this.address,
      macAddress: '52:54:00:bf:00:01',
      ports: [22, 80],
      metadataSocket: path.join(this.folder, 's', 'md'),
      reach: { kind: 'closed', storagePort: undefined },
    });
  }

  connect(seconds: number): Promise<RemoteSession> {
    const target = { machine: this.name, host: this.address, port: 22, user: 'root', keyFile: this.keyFile };
    return connectRemote({ target, deadline: Deadline.after(seconds) });
  }

  /**
   * Runs a shell script on the machine.
   *
   * @param seconds until when the machine must answer; for one that boots more than the usual 90.
   */
  async shell(script: string, seconds = 90): Promise<string> {
    const session = await this.connect(seconds);
    try {
      const { stdout, stderr } = await session.run(['sh', '-c', script], {
        deadline: Deadline.after(90),
        allowFailure: true,
      });
      return stdout + stderr;
    } finally {
      await session.close();
    }
  }

  target(): MachineRef {
    return {
      cloud: { kind: 'scaleway', zone: 'fr-par-1' },
      server: this.#id,
      address: this.address,
      sshPort: 22,
      hostKey: '',
      ssh: { user: 'root', keyFile: this.keyFile },
    };
  }

  inputs(image: TestImage, policy: RolloutPolicy = {}): Promise<KnownInputs> {
    return upgradeInputs(this.order(image, policy));
  }

  /** What an upgrade of this machine needs to know. */
  order(image: TestImage, policy: RolloutPolicy = {}): UpgradeOrder {
    return { machine: this.name, target: this.target(), image, policy };
  }

  /** Upgrades the machine as the resource's handler does. */
  async upgrade(
    image: TestImage,
    policy: RolloutPolicy = {},
    signal?: AbortSignal,
    onStep?: (text: string) => void,
  ): Promise<UpgradeReport> {
    const logged = process.env['BOOTFLEET_TEST_LOG'] !== undefined;
    const both = (text: string): void => {
      if (logged) console.log(`${this.name}: ${text}`);
      onStep?.(text);
    };
    return upgradeMachine(this.order(image, policy), this.cloud, { signal, onStep: both });
  }

  async remove(): Promise<void> {
    await this.#driver.stopAll();
    await new Promise((resolve) => this.#metadata.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Power and console of this one machine. What upgrades do not use is not there. */
  #asCloud(): Cloud {
    const power = (): PowerState => (this.#driver.isRunning(this.#id) ? 'running' : 'off');
    const none = (): Promise<never> => Promise.reject(new Error('not part of this test'));
    return {
      ref: { kind: 'scaleway', zone: 'fr-par-1' },
      observe: () =>
        Promise.resolve({
          id: this.#id, name: this.name, power: power(), bootSource: 'disk', stateDetail: '',
          address: { host: this.address, portOffset: 0 }, tags: [],
        }), // prettier-ignore
      list: none,
      setBootSource: none,
      readNote: none,
      writeNote: none,
      powerOn: () => this.powerOn(),
      powerOff: () => this.cutPower(),
      hardReboot: async () => {
        await this.cutPower();
        await this.powerOn();
      },
      openConsole: () => Promise.resolve(this.#console()),
    };
  }

  #console(): ConsoleTransport {
    const viewer = this.#driver.attachSerial(this.#id);
    const closed = Promise.withResolvers<Error | undefined>();
    return {
      description: `serial console of ${this.name}`,
      onData: (listener) => {
        viewer.onData(listener);
      },
      write: (bytes) => {
        viewer.write(bytes);
        return Promise.resolve();
      },
      closed: closed.promise,
      close: () => {
        viewer.detach();
        closed.resolve(undefined);
        return Promise.resolve();
      },
    };
  }
}
