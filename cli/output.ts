import { setting } from '../contracts/environment.ts';

/** Prints one line to standard output. */
export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a value for `--json`: indented, one document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Whether colours may be used on a stream: a terminal, and neither NO_COLOR nor TERM=dumb (see no-color.org). */
export function colours(stream: NodeJS.WriteStream = process.stdout, env = process.env): boolean {
  return stream.isTTY && setting(env, 'NO_COLOR') === undefined && env['TERM'] !== 'dumb';
}
