import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { checkout } from '../../../scripts/setup/folders.ts';
import { parseChanges, type PulumiResult } from './pulumi-result.ts';
import { noteCommand } from './said.ts';
import type { Workplace } from './workplace.ts';

/** What can be done to a stack. */
export type PulumiCommand = 'preview' | 'up' | 'refresh' | 'destroy';

/** A `pulumi` that runs. */
export interface RunningPulumi {
  readonly pid: number;
  /** What it printed so far. */
  output(): string;
  /** Resolves when it prints something more. Never, once it has ended. */
  said(): Promise<void>;
  /** Resolves when its output matches; rejects when it ends without. */
  until(pattern: RegExp): Promise<void>;
  /** A signal for pulumi alone; its plugins notice by themselves, as after a real crash. */
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
  readonly done: Promise<PulumiResult>;
}

/**
 * A stack of this project with a state of its own, on a fleet file of the test. Nothing is written into the checkout.
 *
 * @example
 * const stack = await createStack(place, fleetFileText);
 * const { status, changes } = await stack.run('up');
 */
export interface TestStack {
  readonly name: string;
  readonly fleetFile: string;
  /** Replaces the fleet file. */
  write(fleet: string): Promise<void>;
  /** Runs to the end. Default limit: 600 s. `env`: over the place's. */
  run(
    command: PulumiCommand,
    args?: readonly string[],
    limit?: number,
    env?: Readonly<Record<string, string>>,
  ): Promise<PulumiResult>;
  start(
    command: PulumiCommand,
    args?: readonly string[],
    limit?: number,
    env?: Readonly<Record<string, string>>,
  ): RunningPulumi;
  /** Puts a state in order after a kill, as docs/architecture.md tells: the lock, and a state that cannot be read. */
  repair(): Promise<void>;
  /** The stack's outputs, secrets hidden. */
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** The whole state, as text: for looking for secrets in it. */
  exported(): Promise<string>;
}

/** @param fleet text of the fleet file; paths in it are relative to `place.folder`/stacks. */
export async function createStack(place: Workplace, fleet: string, name = 'local'): Promise<TestStack> {
  const folder = join(place.folder, 'stacks');
  await mkdir(folder, { recursive: true });
  const fleetFile = join(folder, `${name}.fleet.yaml`);
  const config = join(folder, `Pulumi.${name}.yaml`);
  await writeFile(fleetFile, fleet);
  const options = {
    cwd: checkout,
    env: { ...place.env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  } as const;

  const pulumi = async (args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await execa('pulumi', [...args, '--non-interactive'], options);
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  };
  await pulumi(['stack', 'init', name, '--no-select']);
  // `stack init` knows one place for a stack's configuration only: the checkout. The stack `local` is committed there
  // and stays as it is; another one's is moved out.
  const made = join(checkout, 'stacks', `Pulumi.${name}.yaml`);
  const salt =
    (await readFile(made, 'utf8')).split('\n').find((line) => line.startsWith('encryptionsalt:')) ?? '';
  if (name !== 'local') await rm(made);
  await writeFile(config, `${salt}\nconfig:\n  bootfleet:fleetFile: ${JSON.stringify(fleetFile)}\n`);

  const start = (
    command: PulumiCommand,
    args: readonly string[] = [],
    limit = 600,
    env: Readonly<Record<string, string>> = {},
  ): RunningPulumi => {
    const confirm = command === 'preview' ? [] : ['--yes', '--skip-preview'];
    const fixed = ['--stack', name, '--config-file', config, '--non-interactive', '--color', 'never'];
    const child = execa('pulumi', [command, ...fixed, ...confirm, ...args], {
      ...options,
      env: { ...place.env, ...env },
      all: true,
      timeout: limit * 1000,
    });
    const ended = (async () => (await child).exitCode)();
    const started = running({
      pid: child.pid ?? 0,
      output: child.all,
      ended,
      kill: (signal) => child.kill(signal),
    });
    noteCommand(`pulumi ${[command, ...args].join(' ')}`, () => started.output());
    return started;
  };
  return {
    name,
    fleetFile,
    write: (text) => writeFile(fleetFile, text),
    start,
    run: (command, args, limit, env) => start(command, args, limit, env).done,
    repair: async () => {
      const { status, stderr } = await place.bootfleet(['repair', name, '--yes']);
      if (status !== 0) throw new Error(`bootfleet repair: ${stderr}`);
    },
    outputs: async () =>
      JSON.parse(await pulumi(['stack', 'output', '--stack', name, '--json'])) as Record<string, unknown>,
    exported: () => pulumi(['stack', 'export', '--stack', name]),
  };
}

/** The parts of a child process that are used. */
interface Started {
  readonly pid: number;
  readonly output: Readable;
  readonly ended: Promise<number | undefined>;
  readonly kill: (signal: NodeJS.Signals) => boolean;
}

function running({ pid, output, ended, kill }: Started): RunningPulumi {
  let text = '';
  const waiting = new Set<() => void>();
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (const look of waiting) look();
  });
  const done = (async (): Promise<PulumiResult> => {
    const status = await ended;
    return { status, output: text, changes: parseChanges(text) };
  })();
  return {
    pid,
    output: () => text,
    said: () =>
      new Promise((resolve) => {
        const look = (): void => {
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      }),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text) && waiting.delete(look)) resolve();
        };
        waiting.add(look);
        look();
        void done.then(() => {
          if (waiting.delete(look)) reject(new Error(`pulumi ended without ${String(pattern)}:\n${text}`));
        });
      }),
    kill: (signal) => {
      kill(signal);
    },
    done,
  };
}
