/** A resource's properties, inputs or outputs, by their Pulumi names. */
export type Values = Readonly<Record<string, unknown>>;

/** One argument of a resource type. */
export interface Field {
  readonly type: 'text' | 'number' | 'boolean' | 'texts' | 'map' | 'object' | 'objects';
  readonly required?: boolean;
  /** Values that are allowed; all when left out. */
  readonly oneOf?: readonly string[];
  /** Used when the argument is left out. Without it, and without `computed`, left out means empty. */
  readonly standard?: unknown;
  /** The cloud chooses when it is left out: then whatever it chose is no change. */
  readonly computed?: boolean;
  /** A change makes a new resource. */
  readonly replaces?: boolean;
  /** The parts of `object` and `objects`. */
  readonly parts?: Readonly<Record<string, Field>>;
  /** Outputs that a change makes unknown until it is done. */
  readonly touches?: readonly string[];
  /** It stands for a cloud id, written with or without its zone. */
  readonly isId?: boolean;
  /** What an empty text stands for, where the provider writes one for it. */
  readonly emptyMeans?: string;
  /** A key of a map that another argument writes; it counts only when it is wanted. */
  readonly othersKey?: string;
}

/** The arguments of a resource type. */
export type Fields = Readonly<Record<string, Field>>;

/** Arguments that nearly all types have. */
export const commonFields = {
  projectId: { type: 'text', computed: true, replaces: true },
  tags: { type: 'texts', standard: [] },
  zone: { type: 'text', computed: true, replaces: true },
} as const satisfies Fields;
