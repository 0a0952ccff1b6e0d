/**
 * What a package needs, by its control file: each need is a list of alternatives, the first of which is preferred. Versions
 * and architectures are left out: packages of one release fit each other.
 * Source: Debian Policy, 7.1 (syntax of relationship fields), 5.1 (folded lines).
 */
export function parseNeeds(control: string): readonly (readonly string[])[] {
  const unfolded = control.replace(/\n[ \t]+/g, ' ');
  return [...unfolded.matchAll(/^(?:Pre-Depends|Depends):(.*)$/gim)]
    .flatMap(([, field = '']) => field.split(','))
    .map((need) =>
      need
        .split('|')
        .map(nameOf)
        .filter((name) => name !== ''),
    )
    .filter((alternatives) => alternatives.length > 0);
}

/** `libc6:any (>= 2.36) [amd64]` is `libc6`. */
function nameOf(alternative: string): string {
  return alternative.trim().split(/[\s:([<]/)[0] ?? '';
}

/**
 * The shared libraries among the needs. Libraries are found through the packages that need them, because their names hold a
 * version that changes from release to release (`libperl5.36`, `libperl5.38t64`; `libssl3`, `libssl3t64`).
 */
export function libraryNeeds(control: string): readonly (readonly string[])[] {
  return parseNeeds(control).filter((alternatives) =>
    alternatives.some((name) => /^(?:lib|zlib)/.test(name)),
  );
}

/** The packages of a kernel among the needs: its image, and modules where they come by themselves. */
export function kernelNeeds(control: string): readonly (readonly string[])[] {
  return parseNeeds(control).filter((alternatives) =>
    alternatives.some((name) => /^linux-(?:image|modules|modules-extra)-\d/.test(name)),
  );
}
