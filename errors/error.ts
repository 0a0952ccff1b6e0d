/**
 * One shape for every error a user can meet: a code, the facts, the likely cause, the next step.
 *
 * An error is defined once (see `defineError`) in the file of its area, listed by `catalogue.ts`, and shown
 * the same way by the CLI, by `pulumi up` and by the generated page `docs/errors.md`.
 */
import { HomeUnknown } from '../contracts/environment.ts';

/** What an error is about: plain values only, so that it can be printed as JSON. Never a secret. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** The definition of one error in the catalogue. */
export interface ErrorDefinition<F extends Facts> {
  /** `BF` and four digits; the first two name the area (see catalogue.ts). Never reused. */
  readonly code: `BF${number}`;
  /** A short name for the docs page. */
  readonly title: string;
  /** One sentence with the facts: what happened, on which machine, file or address. */
  readonly message: (facts: F) => string;
  /** Why this usually happens. */
  readonly cause: string;
  /** What to do now: a command, a setting, a place to look. */
  readonly next: (facts: F) => string;
  /** Facts used on the docs page and by the catalogue's own test. */
  readonly example: F;
}

/** An error that a user can act on. Its `message` is complete: code, facts, cause and next step. */
export class BootfleetError extends Error {
  override readonly name = 'BootfleetError';
  readonly code: string;
  /** The sentence alone, without code, cause and next step. */
  readonly summary: string;
  readonly why: string;
  readonly next: string;
  readonly facts: Facts;

  constructor(
    parts: { code: string; summary: string; why: string; next: string; facts: Facts },
    options?: { cause?: unknown },
  ) {
    super(`${parts.code}: ${parts.summary}\n  why:  ${parts.why}\n  next: ${parts.next}`, options);
    this.code = parts.code;
    this.summary = parts.summary;
    this.why = parts.why;
    this.next = parts.next;
    this.facts = parts.facts;
  }

  /** For `--json`: everything but the stack. */
  toJSON(): { code: string; message: string; why: string; next: string; facts: Facts } {
    return { code: this.code, message: this.summary, why: this.why, next: this.next, facts: this.facts };
  }
}

/** A function that makes the error from its facts, with its definition attached for the catalogue. */
export interface ErrorMaker<F extends Facts> {
  (facts: F, options?: { cause?: unknown }): BootfleetError;
  readonly definition: ErrorDefinition<F>;
}

/**
 * Defines one error of the catalogue.
 *
 * @example
 * export const fileMissing = defineError<{ file: string }>({
 *   code: 'BF1001',
 *   title: 'A file is missing',
 *   message: (f) => `${f.file} does not exist`,
 *   cause: 'The path is relative to the fleet file, or the file was never built.',
 *   next: (f) => `Build it, or correct the path: ${f.file}`,
 *   example: { file: 'images/edge.img' },
 * });
 * throw fileMissing({ file: 'x' });
 */
export function defineError<F extends Facts>(definition: ErrorDefinition<F>): ErrorMaker<F> {
  const make = (facts: F, options?: { cause?: unknown }): BootfleetError =>
    new BootfleetError(
      {
        code: definition.code,
        summary: definition.message(facts),
        why: definition.cause,
        next: definition.next(facts),
        facts,
      },
      options,
    );
  return Object.assign(make, { definition });
}

/** What was thrown, in one sentence: for a place that goes on, and has its own cause and next step. */
export function summaryOf(thrown: unknown): string {
  return thrown instanceof BootfleetError ? thrown.summary : (thrown as Error).message;
}

/** The text a person is shown for anything thrown: an error of ours whole, anything else as the bug it is. */
export function describeError(thrown: unknown): string {
  if (thrown instanceof BootfleetError || thrown instanceof HomeUnknown) return thrown.message;
  if (thrown instanceof Error) return thrown.stack ?? thrown.message;
  return String(thrown);
}
