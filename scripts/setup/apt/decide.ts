/** What is known about this machine before packages are installed. */
export interface AptObservation {
  /** Names of required packages that are not there. */
  readonly missing: readonly string[];
  readonly hasApt: boolean;
  readonly isRoot: boolean;
  /** sudo is there and asks for no password. */
  readonly canSudo: boolean;
}

/** The way to take. */
export type AptWay =
  | { readonly way: 'nothing' }
  | { readonly way: 'install'; readonly packages: readonly string[]; readonly sudo: boolean }
  | { readonly way: 'refuse'; readonly packages: readonly string[]; readonly why: string };

/** Installs only what is missing, and only where that asks nobody anything. */
export function decideApt({ missing, hasApt, isRoot, canSudo }: AptObservation): AptWay {
  if (missing.length === 0) return { way: 'nothing' };
  if (!hasApt) return { way: 'refuse', packages: missing, why: 'there is no apt-get' };
  if (isRoot) return { way: 'install', packages: missing, sudo: false };
  if (canSudo) return { way: 'install', packages: missing, sudo: true };
  return { way: 'refuse', packages: missing, why: 'not root, and no sudo without a password' };
}
