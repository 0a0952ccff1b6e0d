import type { Given, OptionSpecs } from './arguments.ts';

/** What a subcommand is, once: its help and what it accepts are both made of this, so that they cannot differ. */
export interface CommandSpec<O extends OptionSpecs> {
  /** Example: `status`. */
  readonly name: string;
  readonly summary: string;
  /** Arguments as the usage line shows them: `<must>` or `[may]` be given, in this order. Default: none. */
  readonly takes?: readonly string[];
  /** Paragraphs: what it does. */
  readonly about: string;
  /** Every option; `json` among them, because every command has one. */
  readonly options: O & { readonly json: { readonly says: string } };
  /** A paragraph after the options, most often the exit status. */
  readonly after?: string;
  /** Command lines as a user types them. */
  readonly examples: readonly [string, ...string[]];
  run(given: Given<O>): Promise<number>;
}
