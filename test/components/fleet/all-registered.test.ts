import { EventEmitter } from 'node:events';
import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { type EndingProcess, expectRegistered } from '../../../components/fleet/all-registered.ts';

/** A process that ends when told to, and what it said. */
class Ending extends EventEmitter implements EndingProcess {
  exitCode?: number;
  readonly said: string[] = [];

  watch(resources: Readonly<Record<string, pulumi.Output<string>>>): void {
    const watched = new Map(Object.entries(resources).map(([name, urn]) => [name, { urn }]));
    expectRegistered(watched, (text) => this.said.push(text), this);
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
  expect(ending.said).toEqual([]);
});

test('one that the engine does not know all of fails, and says so once', async () => {
  const [one, two, three, ending] = [urn(), urn(), urn(), new Ending()];
  ending.watch({ one: one.output, two: two.output, 'gates.0': three.output });
  await one.tell();
  expect(ending.end()).toBe(1);
  expect(ending.said).toHaveLength(1);
  expect(ending.said[0]).toMatch(/BF1920: .* 2 of its 3 resources .*\(two /);
});

test('one that fails for a reason of its own says that alone', () => {
  const ending = new Ending();
  ending.watch({ one: urn().output });
  expect(ending.end(32)).toBe(32);
  expect(ending.said).toEqual([]);
});
