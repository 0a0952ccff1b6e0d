import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { pulumiEnvironment } from '../../../scripts/setup/pulumi/environment.ts';

const cwd = path.join(import.meta.dirname, '../../../bench/rollout-simulated');

/** What is done while an update runs. */
export interface Meanwhile {
  /** Sends Pulumi SIGINT once this was printed, as Ctrl-C does. */
  readonly interruptAt?: RegExp;
  /** Called once this was printed. */
  readonly at?: readonly [printed: RegExp, act: () => void];
  /** Default `sim`. */
  readonly stack?: string;
}

/** How an update ended, and what its stack says of each machine. */
export interface Update {
  readonly status: number | undefined;
  readonly output: string;
  readonly outcomes: Readonly<Record<string, string>>;
  readonly builds: Readonly<Record<string, string>>;
}

/** Stacks `sim` and `sim-2` of the program in bench/rollout-simulated, in a folder of their own. */
export class SimulatedRollouts {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#env = env;
  }

  static async open(): Promise<SimulatedRollouts> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-rollout-'));
    const env = {
      ...process.env,
      ...(await pulumiEnvironment()),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      BOOTFLEET_DATA: path.join(folder, 'data'),
    };
    const opened = new SimulatedRollouts(folder, env);
    for (const day of [21, 22, 23]) await writeFile(opened.image(day), randomBytes(50_000));
    for (const stack of ['sim', 'sim-2']) {
      await execa('pulumi', ['stack', 'init', stack], { cwd, env });
      await rm(path.join(cwd, `Pulumi.${stack}.yaml`), { force: true });
    }
    return opened;
  }

  /** The image that was built on a day of November 2026: 21, 22 or 23. */
  image(day: number): string {
    return path.join(this.folder, `edge-202611${day}_0900.fs`);
  }

  /** `pulumi up` with a plan: four machines that run the build of the 21st, but for what is given. */
  async up(plan: object, { interruptAt, at, stack = 'sim' }: Meanwhile = {}): Promise<Update> {
    const text = JSON.stringify({ count: 4, simulation: { build: '20261121_0900', reboot: 0.2 }, ...plan });
    await writeFile(this.#config(stack), `config:\n  rollout-simulated:plan: '${text}'\n`);
    const running = this.#pulumi('up', stack, '--non-interactive');
    let printed = '';
    let acted = false;
    running.all.on('data', (text: Buffer) => {
      const before = interruptAt?.test(printed);
      printed += text.toString();
      if (!before && interruptAt?.test(printed)) running.kill('SIGINT');
      if (!acted && at?.[0].test(printed)) {
        acted = true;
        at[1]();
      }
    });
    const { exitCode, all } = await running;
    const outputs = await execa('pulumi', ['stack', 'export', '--stack', stack], { cwd, env: this.#env });
    const { deployment } = JSON.parse(outputs.stdout) as {
      deployment: { resources: { type: string; urn: string; outputs?: { outcome?: string; to?: string } }[] };
    };
    const upgrades = deployment.resources.filter(({ type }) => type.endsWith('SlotUpgrade'));
    const each = (of: 'outcome' | 'to'): Record<string, string> =>
      Object.fromEntries(
        upgrades.map(({ urn, outputs: found }) => [urn.slice(urn.lastIndexOf(':') + 1), found?.[of] ?? '']),
      );
    return { status: exitCode, output: all, outcomes: each('outcome'), builds: each('to') };
  }

  /** Refreshes or destroys a stack with the plan of its last `up`. */
  async run(command: 'refresh' | 'destroy', stack: string): Promise<Pick<Update, 'status' | 'output'>> {
    const { exitCode, all } = await this.#pulumi(command, stack);
    return { status: exitCode, output: all };
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #pulumi(command: string, stack: string, ...more: readonly string[]) {
    const words = [
      command,
      '--stack',
      stack,
      '--config-file',
      this.#config(stack),
      '--yes',
      '--skip-preview',
    ];
    return execa('pulumi', [...words, ...more], { cwd, env: this.#env, all: true, reject: false });
  }

  #config(stack: string): string {
    return path.join(this.folder, `${stack}.yaml`);
  }
}
