import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { givenArguments, wholeNumber } from '../../cli/arguments.ts';
import { helpText } from '../../cli/help.ts';
import { commands } from '../../cli/commands.ts';
import { BootfleetError } from '../../errors/error.ts';

const options = {
  file: { value: 'PATH', says: 'a file' },
  lines: { value: 'N', says: 'how many' },
  json: { says: 'JSON' },
} as const;
const accepts = { name: 'x', takes: ['<server>', '[stack]'], options };

/** The error that a command line is refused with. */
function refused(...argv: string[]): BootfleetError {
  try {
    givenArguments(accepts, argv);
  } catch (thrown) {
    if (thrown instanceof BootfleetError) return thrown;
    throw thrown;
  }
  throw new Error(`accepted: ${argv.join(' ')}`);
}

describe('a command line', () => {
  test('that is right is read, wherever its options stand', () => {
    const values = { file: 'f', lines: undefined, json: true };
    for (const argv of [
      ['a', 'b', '--json', '--file', 'f'],
      ['--file=f', 'a', '--json', 'b'],
    ])
      expect(givenArguments(accepts, argv)).toEqual({ values, positionals: ['a', 'b'] });
    expect(givenArguments(accepts, ['a'])).toEqual({
      values: { file: undefined, lines: undefined, json: false },
      positionals: ['a'],
    });
  });

  test('with an unknown option is refused with the nearest one', () => {
    expect(refused('a', '--jsom')).toMatchObject({
      code: 'BF1900',
      summary: "bootfleet x: unknown option '--jsom'; did you mean --json?",
    });
    expect(refused('a', '--fil', 'f').summary).toContain('did you mean --file?');
    expect(refused('a', '--elephant').summary).toBe("bootfleet x: unknown option '--elephant'");
    expect(refused('a', '-q').summary).toBe("bootfleet x: unknown option '-q'");
  });

  test('with too many or too few arguments is refused', () => {
    expect(refused('a', 'b', 'c').summary).toContain("unexpected argument 'c'");
    expect(refused('--json').summary).toContain('the argument <server> is missing');
  });

  test('with an option that lacks its value, or a switch with one, is refused', () => {
    expect(refused('a', '--file').summary).toContain('--file <value>');
    expect(refused('a', '--json=yes').summary).toContain("'--json' does not take an argument");
    expect(refused('a', '--file', '--json').summary).not.toContain('\n');
  });

  test('is accepted, or refused with a code; never anything else', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--json', '--file', '--lines=3', '--', '-', '--x', '-abc'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          expect(givenArguments(accepts, argv).positionals.length).toBeGreaterThan(0);
        } catch (thrown) {
          if (!(thrown instanceof BootfleetError)) throw thrown;
          expect(thrown.code).toBe('BF1900');
        }
      }),
    );
  });
});

test('a whole number within its bounds', () => {
  expect(wholeNumber('x', 'lines', '12', 1, 20)).toBe(12);
  expect(wholeNumber('x', 'lines', undefined, 1, 20)).toBeUndefined();
  for (const text of ['0', '21', '1.5', 'many', '', ' '])
    expect(() => wholeNumber('x', 'lines', text, 0.5, 20), text).toThrow('BF1900');
});

test('every command takes --json, refuses an option that is nearly one of its own, and names it', async () => {
  for (const [name, load] of Object.entries(commands)) {
    const { command } = await load();
    expect(command.help, name).toMatch(/^ {2}--json /m);
    await expect(command.run(['--jsom']), name).rejects.toMatchObject({
      code: 'BF1900',
      facts: { command: name, nearest: '--json' },
    });
  }
});

test('help shows every option with what it does, and in the usage line while that is short', () => {
  const about = {
    name: 'x',
    summary: 's',
    takes: ['<server>'],
    about: 'Does it.',
    examples: ['bootfleet x'],
  } as const;
  expect(helpText({ ...about, options, after: 'Exit status: 0.' }))
    .toBe(`Usage: bootfleet x <server> [--file PATH] [--lines N] [--json]

Does it.

Options:
  --file PATH  a file
  --lines N    how many
  --json       JSON

Exit status: 0.

Examples:
  bootfleet x`);
  const many = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`option-${at}`, { says: 'one\ntwo' }]),
  );
  const text = helpText({ ...about, options: many });
  expect(text).toMatch(/^Usage: bootfleet x <server> \[options\]\n/);
  expect(text).toContain('\n  --option-11  one\n               two\n');
});
