import { EventEmitter } from 'node:events';
import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { type EndingProcess, expectRegistered } from '../../../components/fleet/all-registered.ts';

/** A process that ends when told to, and what it said. */
class Ending extends EventEmitter implements EndingProcess {
  readonly pid = 4711;
  exitCode?: number;
  /** Whether a signal has ended it. */
  killed = false;
  readonly said: string[] = [];
  readonly cutOff: (readonly string[])[] = [];

  watch(resources: Readonly<Record<string, pulumi.Output<string>>>): void {
    const watched = new Map(Object.entries(resources).map(([name, urn]) => [name, { urn }]));
    const onCutOff = (missing: ReadonlySet<string>): undefined => void this.cutOff.push([...missing]);
    expectRegistered(watched, onCutOff, (text) => this.said.push(text), this);
  }

  kill(): void {
    expect(this.listenerCount('SIGINT')).toBe(0);
    this.killed = true;
  }

  /** As Node ends a process: the second event sees what the first one decided. @returns its status. */
  end(code = 0): number {
    for (const event of ['beforeExit', 'exit']) this.emit(event, this.exitCode ?? code);
    return this.exitCode ?? code;
  }
}

/** A URN that the engine tells, or never does. */
function urn(): { output: pulumi.Output<string>; tell: () => Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const output = pulumi.output(promise);
  const known = new Promise<void>((done) => {
    output.apply(() => {
      done();
    });
  });
  return {
    output,
    tell: () => {
      resolve('urn');
      return known;
    },
  };
}

test('a program ends as it likes once the engine knows all', async () => {
  const [one, two, ending] = [urn(), urn(), new Ending()];
  ending.watch({ one: one.output, two: two.output });
  await Promise.all([one.tell(), two.tell()]);
  expect(ending.end()).toBe(0);
  expect([ending.said, ending.cutOff]).toEqual([[], []]);
});

test('one that the engine does not know all of fails, and says so once', async () => {
  const [one, two, three, ending] = [urn(), urn(), urn(), new Ending()];
  ending.watch({ one: one.output, two: two.output, 'gates.0': three.output });
  await one.tell();
  expect(ending.end()).toBe(1);
  expect(ending.said).toHaveLength(1);
  expect(ending.said[0]).toMatch(/BF1920: .* 2 of its 3 resources .*\(two /);
  expect(ending.cutOff).toEqual([['two', 'gates.0']]);
  // Work that is begun before the end lets it come a second time.
  ending.end();
  expect(ending.cutOff).toHaveLength(1);
});

test('one that fails for a reason of its own says that alone', () => {
  const ending = new Ending();
  ending.watch({ one: urn().output });
  expect(ending.end(32)).toBe(32);
  expect([ending.said, ending.cutOff]).toEqual([[], [['one']]]);
});

test('one that is interrupted ends by that, after what there is to do', async () => {
  const [one, ending] = [urn(), new Ending()];
  const failures: unknown[] = [];
  ending.on('unhandledRejection', (error) => failures.push(error));
  ending.watch({ one: one.output });
  ending.emit('SIGINT');
  expect([ending.killed, ending.cutOff]).toEqual([false, [['one']]]);
  // Requests to an engine that has hung up fail meanwhile.
  expect(ending.emit('unhandledRejection', new Error('Connection dropped'))).toBe(true);
  expect(failures).toEqual([]);
  await expect.poll(() => ending.killed).toBe(true);
  expect([ending.end(), ending.said]).toEqual([0, []]);
});

test('one that is interrupted when the engine knows all ends at once', async () => {
  const [one, ending] = [urn(), new Ending()];
  ending.watch({ one: one.output });
  await one.tell();
  ending.emit('SIGINT');
  expect([ending.killed, ending.cutOff]).toEqual([true, []]);
});
