import { invalidArguments, type WrongArgument } from './error.ts';

/**
 * Reads the fields of a JSON body and remembers everything that is wrong, so that the answer names all of it at once.
 *
 * @example
 * const fields = new Arguments(jsonBody(request));
 * const name = fields.text('name', { required: true }) ?? '';
 * fields.check();
 */
export class Arguments {
  readonly #body: Readonly<Record<string, unknown>>;
  readonly #wrong: WrongArgument[] = [];

  constructor(body: Readonly<Record<string, unknown>>) {
    this.#body = body;
  }

  /** Whether a field is there, `null` included. */
  has(name: string): boolean {
    return this.#body[name] !== undefined;
  }

  text(name: string, rules: { required?: boolean; longest?: number } = {}): string | undefined {
    const value = this.#value(name, rules.required);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') {
      this.#refuse(name, 'format', 'must be a text');
      return undefined;
    }
    if (value.length > (rules.longest ?? 1000)) {
      this.#refuse(name, 'constraint', `must have at most ${rules.longest ?? 1000} characters`);
      return undefined;
    }
    if (rules.required && value === '') {
      this.#refuse(name, 'required', 'must not be empty');
      return undefined;
    }
    return value;
  }

  oneOf<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((item) => item === value);
    if (found === undefined) this.#refuse(name, 'constraint', `must be one of ${allowed.join(', ')}`);
    return found;
  }

  integer(
    name: string,
    rules: { required?: boolean; least?: number; most?: number } = {},
  ): number | undefined {
    const value = this.#value(name, rules.required);
    if (value === undefined) return undefined;
    // Some SDKs send 64-bit integers as texts.
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
      this.#refuse(name, 'format', 'must be a whole number');
      return undefined;
    }
    const { least = 0, most = Number.MAX_SAFE_INTEGER } = rules;
    if (number < least || number > most) {
      this.#refuse(name, 'constraint', `must be between ${least} and ${most}`);
      return undefined;
    }
    return number;
  }

  number(name: string, rules: { least: number; most: number }): number | undefined {
    const value = this.#value(name, false);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !(value >= rules.least && value <= rules.most)) {
      this.#refuse(name, 'constraint', `must be a number between ${rules.least} and ${rules.most}`);
      return undefined;
    }
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name, false);
    if (value === undefined || typeof value === 'boolean') return value;
    this.#refuse(name, 'format', 'must be true or false');
    return undefined;
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#value(name, false);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      this.#refuse(name, 'format', 'must be a list of texts');
      return undefined;
    }
    if (value.length > 1000) {
      this.#refuse(name, 'constraint', 'must have at most 1000 items');
      return undefined;
    }
    return value;
  }

  object(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#value(name, false);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#refuse(name, 'format', 'must be an object');
      return undefined;
    }
    return value as Readonly<Record<string, unknown>>;
  }

  /** Objects in a list. */
  objects(name: string): readonly Readonly<Record<string, unknown>>[] | undefined {
    const value = this.#value(name, false);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'object' && item !== null)) {
      this.#refuse(name, 'format', 'must be a list of objects');
      return undefined;
    }
    return value as readonly Readonly<Record<string, unknown>>[];
  }

  /** Adds something that is wrong. */
  refuse(name: string, reason: WrongArgument['reason'], help: string): void {
    this.#refuse(name, reason, help);
  }

  /** Throws 400 when anything was wrong. */
  check(): void {
    if (this.#wrong.length > 0) throw invalidArguments(this.#wrong);
  }

  /** `null` counts as not given. */
  #value(name: string, required: boolean | undefined): unknown {
    const value = this.#body[name];
    if (value !== undefined && value !== null) return value;
    if (required) this.#refuse(name, 'required', 'is required');
    return undefined;
  }

  #refuse(name: string, reason: WrongArgument['reason'], help: string): void {
    this.#wrong.push({ argument_name: name, reason, help_message: help });
  }
}
