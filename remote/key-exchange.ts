/** What two sides that found nothing in common had to offer. */
export interface NothingInCommon {
  /** Example: `cipher`. */
  readonly what: string;
  /** What the server offers, as it says it. */
  readonly offered: string;
  /** What is known here. */
  readonly known: string;
}

/** Kinds of algorithms that are agreed on (RFC 4253, section 7.1), as ssh2 calls them in its errors and in its notes. */
const kinds: readonly { readonly error: RegExp; readonly note: string; readonly what: string }[] = [
  { error: /no matching key exchange/i, note: 'KEX method', what: 'key exchange' },
  { error: /no matching host key/i, note: 'Host key format', what: 'host key type' },
  { error: /no matching C->S cipher/i, note: 'C->S cipher', what: 'cipher' },
  { error: /no matching S->C cipher/i, note: 'S->C cipher', what: 'cipher' },
  { error: /no matching C->S MAC/i, note: 'C->S MAC', what: 'MAC' },
  { error: /no matching S->C MAC/i, note: 'S->C MAC', what: 'MAC' },
  { error: /no matching (C->S|S->C) compression/i, note: 'C->S compression', what: 'compression' },
];

/** Names in the list of key exchanges that are none (RFC 8308; PROTOCOL of OpenSSH, 1.10). */
const marks = /^(ext-info-[cs]|kex-strict-.*)$/;

/** Follows a key exchange by the notes that ssh2 makes of it, to tell what was offered when it fails. */
export class KeyExchange {
  readonly #lists = new Map<string, string>();

  /** For ssh2's `debug`. */
  readonly note = (line: string): void => {
    const [, side = '', kind = '', list = ''] =
      /^Handshake: \((local|remote)\) ([^:]+): (.*)$/.exec(line) ?? [];
    if (side === '') return;
    const names = list.split(',').filter((name) => !marks.test(name));
    this.#lists.set(`${side} ${kind}`, names.join(', ').slice(0, 500));
  };

  /** What a failed handshake lacked; `undefined` when it failed for another reason. */
  nothingInCommon(error: unknown): NothingInCommon | undefined {
    const message = error instanceof Error ? error.message : '';
    const kind = kinds.find((one) => one.error.test(message));
    if (kind === undefined) return undefined;
    const listOf = (side: string): string => this.#lists.get(`${side} ${kind.note}`) ?? '(not told)';
    return { what: kind.what, offered: listOf('remote'), known: listOf('local') };
  }
}
