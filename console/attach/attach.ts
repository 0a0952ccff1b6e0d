import type { ConsoleTransport } from '../transport.ts';
import { EscapeKeys } from './escape.ts';

/** The person's side; see `attach`. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** For remarks that are not the machine's. */
  readonly remarks: NodeJS.WriteStream;
}

const HELP = 'At the start of a line: ~. leaves, ~~ sends ~, ~? shows this.';

/**
 * Joins a person's terminal to a serial line until they type `~.`, their input ends, or the line does. The terminal
 * is raw meanwhile, so that Ctrl-C and Ctrl-B go to the machine. What a person does is not recorded: it may hold
 * passwords.
 *
 * @returns `undefined` when the person left, else why the line ended.
 */
export async function attach(transport: ConsoleTransport, terminal: Terminal): Promise<Error | undefined> {
  const { input, output, remarks } = terminal;
  const escape = new EscapeKeys();
  const left = Promise.withResolvers<undefined>();
  const onInput = (bytes: Buffer): void => {
    const { keys, action } = escape.feed(bytes.toString());
    if (keys !== '') {
      // A write on a line that has ended is no news: `closed` says so.
      transport.write(Buffer.from(keys)).catch(() => undefined);
    }
    if (action === 'help') remarks.write(`\r\n${HELP}\r\n`);
    if (action === 'leave') left.resolve(undefined);
  };
  const onEnd = (): void => {
    left.resolve(undefined);
  };
  const onResize = (): void => {
    if ('resize' in transport && typeof transport.resize === 'function' && output.isTTY)
      (transport.resize as (columns: number, rows: number) => void)(output.columns, output.rows);
  };
  transport.onData((bytes) => {
    output.write(bytes);
  });
  if (input.isTTY) input.setRawMode(true);
  input.on('data', onInput);
  input.once('end', onEnd);
  output.on('resize', onResize);
  onResize();
  try {
    return await Promise.race([left.promise, transport.closed]);
  } finally {
    input.off('data', onInput);
    input.off('end', onEnd);
    output.off('resize', onResize);
    if (input.isTTY) input.setRawMode(false);
    input.pause();
    await transport.close();
  }
}
