import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipxePrompt, ScriptedIpxe } from '../../../localcloud/simulated/scripted-ipxe.ts';

const ctrlB = '\u0002';

/** One at its prompt. */
function prompted(): ScriptedIpxe {
  const ipxe = new ScriptedIpxe();
  expect(ipxe.type(ctrlB)).toEqual({ shows: ipxePrompt });
  return ipxe;
}

describe('the scripted iPXE', () => {
  test('takes nothing but Ctrl-B before its prompt', () => {
    const ipxe = new ScriptedIpxe();
    expect(ipxe.type('dhcp\r')).toEqual({ shows: '' });
    expect(ipxe.type(`x${ctrlB}d`)).toEqual({ shows: `${ipxePrompt}d` });
  });

  test('answers dhcp, an empty line and what it does not know', () => {
    const ipxe = prompted();
    expect(ipxe.type('dhcp\r').shows).toBe(`dhcp\r\nConfiguring (net0 scripted)...... ok${ipxePrompt}`);
    expect(ipxe.type('\r').shows).toBe(ipxePrompt);
    expect(ipxe.type('sanboot x\r').shows).toBe(`sanboot x\r\nsanboot: command not found${ipxePrompt}`);
  });

  test('leaves for what chain names, and takes no keys behind it', () => {
    const ipxe = prompted();
    expect(ipxe.type('chain http://h/boot/1.ipxe\rdhcp\r')).toEqual({
      shows: 'chain http://h/boot/1.ipxe\r\nhttp://h/boot/1.ipxe...',
      chain: 'http://h/boot/1.ipxe',
    });
    expect(ipxe.type('dhcp\r').shows).toBe('');
    expect(ipxe.type(ctrlB).shows).toBe(ipxePrompt);
  });

  test('rubs out what Backspace and Ctrl-U take back, and nothing at the start of a line', () => {
    const ipxe = prompted();
    expect(ipxe.type('dhxx\b\bcp\r').shows).toContain('ok');
    expect(ipxe.type('\b').shows).toBe('');
    expect(ipxe.type('abc\u0015').shows).toBe(`abc${'\b \b'.repeat(3)}`);
    expect(ipxe.type('dhcp\r').shows).toContain('ok');
  });

  test('echoes printable text as it is, however it comes in pieces', () => {
    const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 80 });
    fc.assert(
      fc.property(printable, fc.nat(), (line, at) => {
        const cut = line.length === 0 ? 0 : at % line.length;
        const ipxe = prompted();
        const shows = ipxe.type(line.slice(0, cut)).shows + ipxe.type(line.slice(cut)).shows;
        expect(shows).toBe(line);
      }),
    );
  });
});
