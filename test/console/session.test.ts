import { expect, test } from 'vitest';
import { ConsoleSession } from '../../console/session.ts';
import type { ConsoleTransport } from '../../console/transport.ts';
import { Pace } from '../../console/typing/pace.ts';
import type { Transcript } from '../../console/transcript/transcript-file.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { ScriptedLine } from './scripted-line.ts';

const prompt = { name: 'prompt', match: 'iPXE>' };

function open(answer?: (line: string) => string): {
  line: ScriptedLine;
  session: ConsoleSession;
  record: string[];
} {
  const line = new ScriptedLine(answer);
  const record: string[] = [];
  const note = (kind: string) => (text: string) => {
    record.push(`${kind} ${text}`);
  };
  const transcript: Transcript = {
    file: 'none',
    output: note('o'),
    input: note('i'),
    marker: note('m'),
    close: () => undefined,
  };
  return { line, session: new ConsoleSession({ transport: line, machine: 'edge-1', transcript }), record };
}

test('success and failure are watched together; the failure becomes its error', async () => {
  const { line, session } = open();
  const failure = { name: 'panic', match: /panic: (\w+)/, failure: () => new Error('it panicked') };
  const wait = session.expect([prompt, failure], { deadline: Deadline.after(20), doing: 'waiting' });
  line.say('pan');
  line.say('ic: oops\r\niPXE>');
  await expect(wait).rejects.toThrow('it panicked');
});

test('a time-out tells what was awaited and the last screen', async () => {
  const { line, session } = open();
  line.say('Booting from Hard Disk...\r\n\u001b[31mstill nothing\u001b[0m');
  await expect(
    session.expect([prompt], { deadline: Deadline.after(0.03), doing: "waiting for iPXE's prompt" }),
  ).rejects.toThrow(
    /BF1303: edge-1: waiting for iPXE's prompt: .* within 0 s[^]*\| Booting from Hard Disk\.\.\.\n {2}\| still nothing/,
  );
});

test('a line that is dropped ends the wait at once, with the screen', async () => {
  const { line, session } = open();
  line.say('hello');
  const wait = session.expect([prompt], { deadline: Deadline.after(20), doing: 'waiting' });
  line.drop('connection lost');
  await expect(wait).rejects.toThrow(
    /BF1304: edge-1: waiting: the console ended \(connection lost\)[^]*\| hello/,
  );
  await expect(session.expect([prompt], { deadline: Deadline.after(20), doing: 'again' })).rejects.toThrow(
    /BF1304/,
  );
});

test('a typed line is entered, and its answer is for the next wait', async () => {
  const { line, session } = open((command) => `you said ${command}\r\niPXE> `);
  await session.typeLine('show ip', { deadline: Deadline.after(20) });
  const { before } = await session.expect([prompt], { deadline: Deadline.after(20), doing: 'waiting' });
  expect(line.entered).toEqual(['show ip']);
  expect(before.trim()).toBe('you said show ip');
});

test('a line that answers nothing is silent; one that answers something else is told so', async () => {
  const pace = (): Pace => new Pace({ shortestSilence: 1, longestSilence: 2 });
  const mute: ConsoleTransport = {
    description: 'mute',
    onData: () => undefined,
    write: () => Promise.resolve(),
    closed: new Promise(() => undefined),
    close: () => Promise.resolve(),
  };
  const silent = new ConsoleSession({ transport: mute, machine: 'edge-1', pace: pace() });
  await expect(silent.typeLine('dhcp', { deadline: Deadline.after(20) })).rejects.toThrow(
    /BF1313: edge-1: typing `dhcp`: not one character came from its console in \d+ s\. It has shown nothing before/,
  );
  let listener: ((bytes: Uint8Array) => void) | undefined;
  const busy = {
    ...mute,
    onData: (one: (bytes: Uint8Array) => void) => {
      listener = one;
    },
    write: () => {
      listener?.(Buffer.from('starting network\r\n'));
      return Promise.resolve();
    },
  };
  const other = new ConsoleSession({ transport: busy, machine: 'edge-1', pace: pace() });
  await expect(other.typeLine('dhcp', { deadline: Deadline.after(20) })).rejects.toThrow(
    /BF1305: edge-1: `dhcp` was typed 12 times; something came back each time[^]*\| starting network/,
  );
});

test('a secret is entered, but shows neither in the transcript nor in a message, also when the machine prints it', async () => {
  const { line, session, record } = open((command) => `iPXE got ${command}\r\niPXE> `);
  const secret = 'correct-horse-battery';
  await session.typeLine(`set pw ${secret}`, { deadline: Deadline.after(20), secrets: [secret] });
  await session.expect([prompt], { deadline: Deadline.after(20), doing: 'waiting' });
  const error: string = await session
    .expect([{ name: 'x', match: 'x!' }], { deadline: Deadline.after(0.02), doing: 'waiting' })
    .then(
      ({ text }) => text,
      (thrown: unknown) => String(thrown),
    );
  await session.close();
  expect(line.entered).toEqual([`set pw ${secret}`]);
  expect(record.join('') + error).not.toMatch(/correct|horse|battery/);
  expect(record).toContain('i set pw ********\r');
  expect(error).toContain('iPXE got set pw ********');
});

test('what was shown before a discarded backlog is not matched', async () => {
  const { line, session } = open();
  line.say('iPXE> an old boot\r\n');
  await session.discardBacklog();
  await expect(
    session.expect([prompt], { deadline: Deadline.after(0.02), doing: 'waiting' }),
  ).rejects.toThrow(/BF1303/);
});
