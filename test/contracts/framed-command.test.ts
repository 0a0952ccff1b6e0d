import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginMark, endMark, framedAnswer, framedCommand, nonceOf } from '../../contracts/framed-command.ts';
import { FramedOutput } from '../../remote/framed-output.ts';
import { quoteCommand } from '../../remote/quote.ts';

const nonce = '0123abcd';

/** Runs a line in a login shell, as sshd does. */
async function answered(shell: readonly string[], argv: readonly string[]) {
  const [program = '', ...options] = shell;
  const child = spawn(program, [...options, '-c', framedCommand(quoteCommand(argv), nonce)], {
    stdio: 'pipe',
  });
  // A command that reads no input may have ended before it is written.
  child.stdin.on('error', () => undefined).end('input ');
  const [stdout, stderr] = [new FramedOutput(nonce), new FramedOutput(nonce)];
  const texts = await Promise.all([child.stdout.pipe(stdout).toArray(), child.stderr.pipe(stderr).toArray()]);
  const [out, error] = texts.map((pieces) => Buffer.concat(pieces as Buffer[]).toString());
  return { out, error, status: stdout.status };
}

/** What a word may hold that some shell takes for more than itself. */
const odd = `it's a \\\\ \\' "$HOME" \`x\` !foo %s \\n ü € ~ * ? [a] {b,c} #\nsecond line; & | < > ( ) ${'long '.repeat(300)}`;

describe('a command in its frame', () => {
  // Those that this machine has; sshd gives a command to any of them alike.
  const shells = [
    ['sh'],
    ['bash'],
    ['bash', '-x'],
    ['dash'],
    ['busybox', 'sh'],
    ['ksh'],
    ['zsh'],
    ['fish'],
    ['tcsh'],
    ['csh'],
  ];
  const here = shells.filter(([name = '']) =>
    ['/bin', '/usr/bin'].some((folder) => existsSync(`${folder}/${name}`)),
  );

  test.each(here.map((shell) => [shell.join(' '), shell] as const))(
    'by way of %s gives input, output and status',
    async (_name, shell) => {
      const argv = ['sh', '-c', 'cat; printf "%s" "$1"; echo "$2" >&2; exit 3', 'x', odd, 'to stderr'];
      expect(await answered(shell, argv)).toEqual({ out: `input ${odd}`, error: 'to stderr\n', status: 3 });
    },
  );

  test('any arguments come back unchanged', async () => {
    const words = fc.array(
      fc
        .string({ unit: 'grapheme', maxLength: 30 })
        .filter((word) => word.isWellFormed() && !word.includes('\0')),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(words, async (argv) => {
        const { out, status } = await answered(['sh'], ['printf', '%s\\n', ...argv]);
        expect([out, status]).toEqual([`${argv.join('\n')}\n`, 0]);
      }),
      { numRuns: 20 },
    );
  });

  test('is written so that each shell reads it alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const line = framedCommand(text, nonce);
        // Quoted words and blanks only; in them nothing that csh or fish reads in another way.
        const words = line.match(/'[^']*'|[^' ]+/g) ?? [];
        expect(words.join(' ')).toBe(line);
        for (const word of words) {
          expect(word.length).toBeLessThan(1000);
          expect(word).not.toMatch(/[!\n\r]|\\\\|\\'/);
        }
        expect(line.includes(beginMark(nonce).trim()) || line.includes(endMark(nonce))).toBe(false);
        expect(nonceOf(line)).toBe(nonce);
      }),
    );
  });

  test('has a nonce only where it was made here', () => {
    expect(nonceOf('cat /resflash/BUILD')).toBeUndefined();
    expect(framedAnswer('1', 'text', 2)).toBe('bootfleet-1-begin\ntextbootfleet-1-end 2\n');
  });
});
