import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { attach, type Terminal } from '../../../console/attach/attach.ts';
import { ScriptedLine } from '../scripted-line.ts';

/** Streams in place of a terminal: neither is one, so nothing is put into raw mode. */
function streams(): {
  terminal: Terminal;
  type: (keys: string) => void;
  shown: () => string;
  end: () => void;
} {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (bytes: Buffer) => {
    shown += bytes.toString();
  });
  const terminal = { input, output, remarks: output } as unknown as Terminal;
  return {
    terminal,
    type: (keys) => input.write(keys),
    end: () => input.end(),
    shown: () => shown,
  };
}

test('keys go to the machine, its words to the person, and ~. leaves', async () => {
  const line = new ScriptedLine((command) => `you said ${command}\r\n`);
  const { terminal, type, shown } = streams();
  const attached = attach(line, terminal);
  type('dhcp\r');
  await expect.poll(shown).toContain('you said dhcp');
  type('~?');
  await expect.poll(shown).toContain('~. leaves');
  type('\r~.');
  expect(await attached).toBeUndefined();
  expect(line.entered[0]).toBe('dhcp');
});

test('the end of the input leaves too', async () => {
  const { terminal, end } = streams();
  const attached = attach(new ScriptedLine(), terminal);
  end();
  expect(await attached).toBeUndefined();
});

test('a dropped line is told', async () => {
  const line = new ScriptedLine();
  const attached = attach(line, streams().terminal);
  line.drop('connection lost');
  expect(String(await attached)).toContain('connection lost');
});
