import { isAtLeast } from '../versions.ts';

/** A Pulumi CLI on PATH. */
export interface FoundPulumi {
  readonly file: string;
  /** As `pulumi version` prints it. Example: `v3.259.0`. */
  readonly version: string;
  /** Whether the Node language host is beside it or on PATH too. */
  readonly hasLanguageHost: boolean;
}

/** Where the Pulumi CLI comes from. */
export type PulumiWay =
  | { readonly way: 'path'; readonly file: string; readonly version: string }
  | { readonly way: 'cache' }
  | { readonly way: 'obtain'; readonly because: string };

/** The user's own when it is complete and new enough, else the cached one, else one must be obtained. */
export function decidePulumi(found: FoundPulumi | undefined, cached: boolean, oldest: string): PulumiWay {
  if (found?.hasLanguageHost === true && isAtLeast(found.version, oldest)) {
    return { way: 'path', file: found.file, version: found.version };
  }
  if (cached) return { way: 'cache' };
  if (found === undefined) return { way: 'obtain', because: 'none on PATH' };
  if (!isAtLeast(found.version, oldest)) {
    return { way: 'obtain', because: `${found.file} is ${found.version}, ${oldest} is needed` };
  }
  return { way: 'obtain', because: `${found.file} has no pulumi-language-nodejs beside it` };
}
