/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/**
 * The `KEY=value` form of Scaleway's metadata, which shell scripts read: names in capitals joined by `_`; a list gives
 * its length and each element by number; an object gives the names of its members and each of them.
 * Source: the answers of http://169.254.42.42/conf and Scaleway's image tools that read them.
 *
 * @example textForm({ id: 'x', tags: ['a'] }) // 'ID=x\nTAGS=1\nTAGS_0=a\n'
 */
export function textForm(value: JsonObject): string {
  return Object.entries(value)
    .flatMap(([key, member]) => linesOf(nameOf(key), member))
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(name: string, value: Json): string[] {
  if (value === null) return [`${name}=`];
  if (typeof value === 'boolean') return [`${name}=${value ? 'True' : 'False'}`];
  if (typeof value !== 'object') return [`${name}=${quoted(String(value))}`];
  if (isList(value))
    return [`${name}=${value.length}`, ...value.flatMap((member, at) => linesOf(`${name}_${at}`, member))];
  const members = Object.entries(value);
  const names = members.map(([key]) => nameOf(key)).join(' ');
  return [
    `${name}=${quoted(names)}`,
    ...members.flatMap(([key, member]) => linesOf(`${name}_${nameOf(key)}`, member)),
  ];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A name that a shell accepts. */
function nameOf(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
}

/** Plain words as they are, anything else in single quotes, so that the lines can be read by a shell safely. */
function quoted(text: string): string {
  return /^[A-Za-z0-9._/:@%+=-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
