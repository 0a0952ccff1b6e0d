/**
 * Messages of QEMU's monitor. Source: "QEMU Machine Protocol Specification" (docs/interop/qmp-spec): one JSON object a
 * line; greeting, then answers with the id of their command, with events in between.
 */
export type QmpMessage =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number | undefined; readonly description: string }
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly data: Readonly<Record<string, unknown>>;
    };

/** Reads one line. Throws on anything that is not a message of the protocol. */
export function parseMessage(line: string): QmpMessage {
  const message: unknown = JSON.parse(line);
  if (!isObject(message)) throw new Error(`not a QMP message: ${line.slice(0, 200)}`);
  if ('QMP' in message) return { kind: 'greeting' };
  const id = typeof message['id'] === 'number' ? message['id'] : undefined;
  if (isObject(message['error'])) {
    const description = message['error']['desc'];
    return {
      kind: 'refusal',
      id,
      description: typeof description === 'string' ? description : 'no reason given',
    };
  }
  if (typeof message['event'] === 'string') {
    return { kind: 'event', name: message['event'], data: isObject(message['data']) ? message['data'] : {} };
  }
  if ('return' in message && id !== undefined) return { kind: 'answer', id, value: message['return'] };
  throw new Error(`not a QMP message: ${line.slice(0, 200)}`);
}

/** Cuts a stream into lines, across the borders of its pieces. */
export class LineCutter {
  #rest = '';
  readonly #longest: number;

  /** @param longest characters of one line; a longer one throws. Default 1 MiB. */
  constructor(longest = 1 << 20) {
    this.#longest = longest;
  }

  /** Takes a piece, gives the lines that are complete now, without their ends; empty ones left out. */
  push(piece: string): string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.#longest) throw new Error(`a line of more than ${this.#longest} characters`);
    return lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
