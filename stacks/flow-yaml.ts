/** Text that needs no quotation marks: a word, path, address, number with a unit, or share. */
const plain =
  /^(?:(?:[A-Za-z/]|\.\.?\/)[A-Za-z0-9._/+=@%-]*(?::[A-Za-z0-9._/+=@%-]+)*|\d+(?:ms|[smhd%]|[kMG]?B))$/;
/** Words that YAML takes for something else, some readers of old versions of it included. */
const otherType = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/**
 * A value in YAML's flow style, on one line, as a person would write it: quoted only where it should be. Pure.
 *
 * @example flowYaml({ arguments: ['console=ttyS0,115200', 'quiet'] }) // "{ arguments: ['console=ttyS0,115200', quiet] }"
 */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flowYaml(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if (typeof value !== 'string' || (plain.test(value) && !otherType.test(value))) return String(value);
  return /[^\x20-\x7e]/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}
