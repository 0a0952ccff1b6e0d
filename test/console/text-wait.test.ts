import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TextWait } from '../../console/text-wait.ts';
import { Deadline } from '../../waiting/deadline.ts';

const made = (): TextWait =>
  new TextWait({
    timeout: (doing) => new Error(`late: ${doing}`),
    closed: (doing, error) =>
      new Error(`over: ${doing}: ${error instanceof Error ? error.message : 'closed'}`),
  });
const soon = (): Deadline => Deadline.after(20);
const word =
  (wanted: string) =>
  (text: string): string | undefined =>
    text === wanted ? text : undefined;

test('text goes to the wait until it has what it wants; what comes later is nobody’s', async () => {
  const wait = made();
  expect(wait.receive('early')).toBe(false);
  const waiting = wait.until({ deadline: soon(), doing: 'x', look: word('b') });
  expect([wait.receive('a'), wait.receive('b'), wait.receive('c')]).toEqual([true, true, false]);
  expect(await waiting).toBe('b');
});

test('what is there already ends it before anything comes', async () => {
  expect(await made().until({ deadline: soon(), doing: 'x', look: () => 7 })).toBe(7);
});

test('the deadline, also one that has passed, the end of the line, and a failure end it', async () => {
  const wait = made();
  const never = { doing: 'x', look: () => undefined };
  await expect(wait.until({ ...never, deadline: Deadline.after(0.01) })).rejects.toThrow('late: x');
  await expect(wait.until({ ...never, deadline: Deadline.after(0) })).rejects.toThrow('late: x');
  const failing = wait.until({ ...never, deadline: soon() });
  wait.fail(new Error('cannot write'));
  await expect(failing).rejects.toThrow('cannot write');
  wait.fail(new Error('nobody waits'));
  const ending = wait.until({ ...never, deadline: soon() });
  wait.end(new Error('reset'));
  await expect(ending).rejects.toThrow('over: x: reset');
  await expect(wait.until({ ...never, deadline: soon() })).rejects.toThrow('over: x: reset');
});

test('a line that is over still gives what it had shown', async () => {
  const wait = made();
  wait.end(undefined);
  expect(await wait.until({ deadline: soon(), doing: 'x', look: () => 'shown before' })).toBe('shown before');
  await expect(wait.until({ deadline: soon(), doing: 'y', look: () => undefined })).rejects.toThrow(
    'over: y: closed',
  );
});

test('silence is looked at as often as it says, and text puts it off', async () => {
  const wait = made();
  const seen: string[] = [];
  const waiting = wait.until({
    deadline: soon(),
    doing: 'x',
    look: (text) => {
      seen.push(text);
      return undefined;
    },
    silence: {
      after: () => 20,
      look: () => {
        seen.push('silence');
        return seen.filter((one) => one === 'silence').length === 2 ? 'done' : undefined;
      },
    },
  });
  for (const text of ['a', 'b', 'c']) {
    await pause(2);
    wait.receive(text);
  }
  expect(await waiting).toBe('done');
  expect(seen.filter((one) => one === 'silence')).toHaveLength(2);
  expect(seen.at(-1)).toBe('silence');
});

test('a look that throws fails its own wait, and the next one begins as usual', async () => {
  const wait = made();
  const look = (text: string): undefined => {
    if (text !== '') throw new Error(`cannot read ${text}`);
  };
  const failing = wait.until({ deadline: soon(), doing: 'x', look });
  expect(() => wait.receive('a')).not.toThrow();
  await expect(failing).rejects.toThrow('cannot read a');
  expect(wait.receive('b')).toBe(false);
  const next = wait.until({ deadline: soon(), doing: 'x', look: word('c') });
  wait.receive('c');
  expect(await next).toBe('c');
});
