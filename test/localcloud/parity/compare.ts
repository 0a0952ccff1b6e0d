import { isUuid, type Bindings } from './bindings.ts';
import { exactKeys, notCompared, sameDetail, sometimesThere } from './scope.ts';

/**
 * Compares the shape of an answer with a recorded one: the same keys, the same types, the same words for states,
 * the same ids where the recording has the same. Returns what differs.
 */
export function compare(recorded: unknown, own: unknown, bindings: Bindings, path = ''): readonly string[] {
  if (isUuid(recorded) && isUuid(own)) {
    const wrong = bindings.bind(recorded, own);
    return wrong === undefined ? [] : [`${path}: ${wrong}`];
  }
  const types = [kindOf(recorded), kindOf(own)] as const;
  if (types[0] !== types[1]) return [`${path}: recorded ${types[0]}, ours ${types[1]}`];
  if (Array.isArray(recorded) && Array.isArray(own)) return compareLists(recorded, own, bindings, path);
  if (types[0] === 'object') {
    return compareObjects(
      recorded as Record<string, unknown>,
      own as Record<string, unknown>,
      bindings,
      path,
    );
  }
  const key = path.slice(path.lastIndexOf('.') + 1);
  if (!exactKeys.has(key)) return [];
  const wanted = key === 'state_detail' ? (sameDetail[String(recorded)] ?? recorded) : recorded;
  return wanted === own ? [] : [`${path}: recorded ${JSON.stringify(recorded)}, ours ${JSON.stringify(own)}`];
}

function compareLists(
  recorded: readonly unknown[],
  own: readonly unknown[],
  bindings: Bindings,
  path: string,
): readonly string[] {
  if (path.endsWith('.allowed_actions')) {
    return JSON.stringify(recorded) === JSON.stringify(own)
      ? []
      : [`${path}: recorded ${recorded.join()}, ours ${own.join()}`];
  }
  // Products that the embedded cloud does not sell.
  if (path.endsWith('.compatible_commercial_types') || path.endsWith('.boot_types')) return [];
  const wanted = path.endsWith('.local_images')
    ? recorded.filter((image) => (image as { arch: string }).arch === 'x86_64')
    : recorded;
  if (wanted.length !== own.length) return [`${path}: recorded ${wanted.length} items, ours ${own.length}`];
  return wanted.flatMap((item, index) => compare(item, own[index], bindings, `${path}[${index}]`));
}

function compareObjects(
  recorded: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>,
  bindings: Bindings,
  path: string,
): readonly string[] {
  if (path === '.servers') return compareProducts(recorded, own, bindings, path);
  const wanted = Object.keys(recorded).filter((key) => !sometimesThere.has(key));
  const there = Object.keys(own).filter((key) => !sometimesThere.has(key));
  return [
    ...wanted.filter((key) => !there.includes(key)).map((key) => `${path}.${key}: recorded, not in ours`),
    ...there.filter((key) => !wanted.includes(key)).map((key) => `${path}.${key}: in ours, not recorded`),
    ...wanted
      .filter((key) => there.includes(key) && !notCompared(`${path}.${key}`, recorded['status']))
      .flatMap((key) => compare(recorded[key], own[key], bindings, `${path}.${key}`)),
  ];
}

/** A list of products by name: those that both have. */
function compareProducts(
  recorded: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>,
  bindings: Bindings,
  path: string,
): readonly string[] {
  return Object.keys(recorded)
    .filter((name) => Object.hasOwn(own, name))
    .flatMap((name) => compare(recorded[name], own[name], bindings, `${path}.${name}`));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
