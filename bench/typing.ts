/**
 * Typing into a real iPXE: does every line arrive, and how fast, against Packer's way on the same machine.
 *
 *   node bench/typing.ts [--lines 200] [--boots 100] [--seed 1]
 *
 * One `Figure` (bench/figure.ts) a line on standard output. What goes on meanwhile is on standard error. Exit status 1 when a line was lost or a boot was not interrupted.
 */
import { parseArgs } from 'node:util';
import { runCommand } from '../console/dialogues/ipxe/commands.ts';
import { reachPrompt } from '../console/dialogues/ipxe/reach-prompt.ts';
import { ConsoleSession } from '../console/session.ts';
import { startIpxeMachine } from '../test/console/machines/ipxe-machine.ts';
import { seeded } from '../test/console/typing/lossy-line.ts';
import { Deadline } from '../waiting/deadline.ts';
import type { Figure } from './frame/figure.ts';
import { runBench } from './frame/run-bench.ts';
import { typePackersWay } from './typing/packers-way.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '200' },
    boots: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    'baseline-lines': { type: 'string', default: '10' },
  },
});
const command = `node bench/typing.ts --lines ${values.lines} --boots ${values.boots} --seed ${values.seed}`;
const random = seeded(Number(values.seed));

/** A value of so many characters that iPXE keeps as it is: no blanks, quotes, `$` or backslashes, no option. */
function randomText(length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:.-_=?%+@,';
  const rest = Array.from({ length: length - 1 }, () => alphabet[Math.floor(random() * alphabet.length)]);
  return `v${rest.join('')}`;
}

function report(name: string, value: number, unit: string, more: Partial<Figure> = {}): void {
  process.stdout.write(
    `${JSON.stringify({ name, value: rounded(value), unit, ...more, command } satisfies Figure)}\n`,
  );
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Types lines, reads each back, and returns how many arrived whole and the time for a character in ms. */
async function typeLines(
  count: number,
): Promise<{ whole: number; perCharacter: number; characters: number }> {
  const machine = await startIpxeMachine();
  const session = new ConsoleSession({ transport: machine.transport, machine: 'bench' });
  try {
    await reachPrompt(session);
    let whole = 0;
    let characters = 0;
    let spent = 0;
    for (let index = 0; index < count; index += 1) {
      const value = randomText(34 + Math.floor(random() * 81));
      const line = `set x ${value}`;
      const began = performance.now();
      await session.typeLine(line, { deadline: Deadline.after(120), repeatEnter: true });
      spent += performance.now() - began;
      characters += line.length + 1;
      await session.expect([{ name: 'prompt', match: 'iPXE>' }], {
        deadline: Deadline.after(20),
        doing: 'prompt',
      });
      const shown = (await runCommand(session, 'echo ${x}')).replaceAll(/\s/g, '');
      if (shown === value) whole += 1;
      else note(`line ${index + 1}: typed ${value}\n        iPXE has ${shown}`);
      if ((index + 1) % 20 === 0)
        note(`${index + 1} lines, ${(spent / characters).toFixed(1)} ms a character`);
    }
    return { whole, characters, perCharacter: spent / characters };
  } finally {
    await session.close();
    await machine.stop();
  }
}

/** Boots so often, and returns how often Ctrl-B reached the prompt and the seconds that took. */
async function interruptBoots(count: number): Promise<{ reached: number; seconds: number[] }> {
  let reached = 0;
  const seconds: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const machine = await startIpxeMachine();
    const session = new ConsoleSession({ transport: machine.transport, machine: 'bench' });
    try {
      await reachPrompt(session, { deadline: Deadline.after(60) });
      reached += 1;
      seconds.push((performance.now() - machine.startedAt) / 1000);
    } catch (error) {
      note(`boot ${index + 1}: ${String(error)}`);
    } finally {
      await session.close();
      await machine.stop();
    }
    if ((index + 1) % 10 === 0) note(`${index + 1} boots, ${reached} interrupted`);
  }
  return { reached, seconds };
}

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const boots = Number(values.boots);
const lines = Number(values.lines);

await runBench(['qemu-system-x86_64'], async () => {
  let lost = false;

  if (boots > 0) {
    const { reached, seconds } = await interruptBoots(boots);
    report(`Ctrl-B to iPXE> in ${boots} boots`, reached, 'boots', { goal: `${boots} of ${boots}` });
    const sorted = seconds.toSorted((a, b) => a - b);
    report('power-on to iPXE>, median', sorted[Math.floor(sorted.length / 2)] ?? NaN, 's');
    lost ||= reached < boots;
  }
  if (lines > 0) {
    const baseline = await typePackersWay(
      Array.from({ length: Number(values['baseline-lines']) }, () => randomText(70)),
    );
    note(
      `Packer's way: ${baseline.perCharacter.toFixed(1)} ms a character, ${baseline.whole} of ${baseline.lines} whole`,
    );
    const { whole, perCharacter, characters } = await typeLines(lines);
    report(
      `lines of 40 to 120 characters typed whole, of ${lines} (${characters} characters)`,
      whole,
      'lines',
      {
        goal: `all of ${lines}`,
      },
    );
    report('typing, a character', perCharacter, 'ms', {
      baseline: {
        name: "Packer's way: 100 ms a key, without looking",
        value: rounded(baseline.perCharacter),
      },
      ratio: rounded(baseline.perCharacter / perCharacter),
      goal: 'at least 3 times faster',
    });
    report(
      `lines typed whole at 100 ms a key without looking, of ${baseline.lines}`,
      baseline.whole,
      'lines',
    );
    lost ||= whole < lines;
  }
  if (lost) process.exitCode = 1;
});
