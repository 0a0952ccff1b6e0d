import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerLines, longestLine, parseAnswer } from '../../../transfer/target/answers.ts';

/** As `escaped` in agent/10-basics.pl. */
const escaped = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');

describe('a line of the agent', () => {
  test('gives back what was written, and no control character', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => one.isWellFormed());
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'slot', 'x1'), text), (pairs) => {
        const line = Object.entries(pairs)
          .map(([key, value]) => `${key}=${escaped(value)}`)
          .join(' ');
        const found = parseAnswer(line);
        for (const [key, value] of Object.entries(pairs))
          expect(found.get(key)).toBe(
            value.replaceAll(/\p{Cc}/gu, (c) => (c === '\t' || c === '\n' ? c : '?')),
          );
      }),
    );
  });

  test('may be anything: words that are no pairs are dropped', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        for (const [key, value] of parseAnswer(line)) {
          expect(key).toMatch(/^[a-z0-9]+$/);
          expect(value.replaceAll(/[\t\n]/g, '')).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });

  test('that never ends does not fill the memory', async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      await Promise.resolve();
      yield Buffer.from('a=');
      for (let i = 0; i < 100; i += 1) yield Buffer.alloc(1000, 'x');
      yield Buffer.from('\nb=1\n');
    }
    const lines = [];
    for await (const answer of answerLines(endless())) lines.push(answer);
    expect(lines[0]?.get('a')?.length).toBeLessThanOrEqual(longestLine);
    expect(lines[1]?.get('b')).toBe('1');
  });
});
