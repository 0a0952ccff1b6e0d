/**
 * The kernel modules that a module names as its dependencies, read from its `.modinfo` section: strings
 * `key=value` ended by NUL. Read here because hosts without kmod have no modinfo.
 * Source: Linux, include/linux/moduleparam.h (MODULE_INFO), scripts/mod/modpost.c (`depends=`).
 */
export function parseModuleDependencies(module: Buffer): readonly string[] {
  const key = Buffer.from('\0depends=');
  const at = module.indexOf(key);
  if (at < 0) return [];
  const end = module.indexOf(0, at + key.length);
  const names = module.toString('latin1', at + key.length, end < 0 ? at + key.length : end);
  return names === '' ? [] : names.split(',').map(moduleName);
}

/** Module names treat `-` and `_` as the same letter; file names use either. */
export function moduleName(file: string): string {
  return file.replace(/\.ko(?:\.zst|\.xz|\.gz)?$/, '').replaceAll('-', '_');
}

/**
 * The wanted modules and all they need, each after its own needs: the order for insmod.
 * @param dependenciesOf throws for a module that does not exist.
 */
export function orderModules(
  wanted: readonly string[],
  dependenciesOf: (name: string) => readonly string[],
): readonly string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const needed of dependenciesOf(name)) visit(needed);
    ordered.push(name);
  };
  for (const name of wanted) visit(moduleName(name));
  return ordered;
}
