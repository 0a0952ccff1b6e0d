/** One line of the agent: its `key=value` pairs, decoded. */
export type Answer = ReadonlyMap<string, string>;

/** Longest line that is taken from a machine. */
export const longestLine = 16 * 1024;

/** Takes a line apart. Words that are no pair are dropped: a machine may print what it likes. */
export function parseAnswer(line: string): Answer {
  const pairs = line.split(' ').flatMap((word) => {
    const match = /^([a-z0-9]+)=(.*)$/.exec(word);
    return match ? [[match[1] ?? '', decode(match[2] ?? '')] as const] : [];
  });
  return new Map(pairs);
}

/** `%XX` to the byte it stands for; the result is read as UTF-8, and control characters are shown as `?`. */
function decode(text: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const hex = /^%([0-9a-f]{2})/.exec(text.slice(at, at + 3));
    bytes.push(hex ? Number.parseInt(hex[1] ?? '', 16) : text.charCodeAt(at) & 0xff);
    if (hex) at += 2;
  }
  // A machine's text must not drive the terminal.
  return Buffer.from(bytes)
    .toString('utf8')
    .replaceAll(/\p{Cc}/gu, (control) => (control === '\t' || control === '\n' ? control : '?'));
}

/** Lines of a stream of bytes. A line that is too long is cut; memory stays bounded. */
export async function* answerLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Answer> {
  let rest = '';
  for await (const bytes of stream) {
    rest += Buffer.from(bytes).toString('latin1');
    const lines = rest.split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) yield parseAnswer(line.slice(0, longestLine));
  }
  if (rest !== '') yield parseAnswer(rest);
}
