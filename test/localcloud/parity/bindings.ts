const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Which id of ours stands for which recorded one. The first answer that carries a new id defines it; from then on
 * it must be the same everywhere.
 */
export class Bindings {
  readonly #ours = new Map<string, string>();

  constructor(known: Readonly<Record<string, string>>) {
    for (const [recorded, own] of Object.entries(known)) this.#ours.set(recorded, own);
  }

  /** A recorded text with our ids in it. */
  translate(text: string): string {
    return text.replace(uuid, (id) => this.#ours.get(id) ?? id);
  }

  /** Recorded ids in a text that no answer has defined. */
  unknown(text: string): readonly string[] {
    return [...text.matchAll(uuid)].map(([id]) => id).filter((id) => !this.#ours.has(id));
  }

  /** Binds, or says what is wrong. */
  bind(recorded: string, own: string): string | undefined {
    const known = this.#ours.get(recorded);
    if (known === undefined) {
      this.#ours.set(recorded, own);
      return undefined;
    }
    return known === own ? undefined : `id ${recorded} was ${known}, is now ${own}`;
  }
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && new RegExp(`^${uuid.source}$`).test(value);
}
