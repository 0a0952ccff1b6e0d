import { ControlSequenceFilter } from './expect/control-sequences.ts';
import { LineText } from './expect/line-text.ts';
import { Redactor } from './transcript/redactor.ts';
import type { Transcript } from './transcript/transcript-file.ts';

/** Characters of the screen that are kept for messages. */
const kept = 16_384;

/** What people may see of a dialogue: its transcript and its last screen, both without secrets. */
export class ShownText {
  readonly #transcript: Transcript | undefined;
  readonly #redactor = new Redactor();
  readonly #filter = new ControlSequenceFilter();
  readonly #screen = new LineText(kept);

  constructor(transcript: Transcript | undefined) {
    this.#transcript = transcript;
  }

  /** The text without secrets. @param secrets to be masked from now on, here and everywhere. */
  mask(text: string, secrets: readonly string[] = []): string {
    for (const secret of secrets) this.#redactor.add(secret);
    return this.#redactor.whole(text);
  }

  /** What the machine sent, as it came. A secret that is spread over several pieces is masked too. */
  output(raw: string): void {
    const safe = this.#redactor.feed(raw);
    this.#transcript?.output(safe);
    this.#screen.write(this.#filter.feed(safe));
  }

  /** What was typed. */
  input(keys: string): void {
    this.#transcript?.input(this.#redactor.whole(keys));
  }

  /** Notes a step of the dialogue; returns it as it may be shown. */
  marker(text: string): string {
    const safe = this.#redactor.whole(text);
    this.#transcript?.marker(safe);
    return safe;
  }

  /** The last lines of the screen. */
  lastLines(count: number): string[] {
    return this.#screen.lastLines(count);
  }

  close(): void {
    this.#transcript?.output(this.#redactor.flush());
    this.#transcript?.close();
  }
}
