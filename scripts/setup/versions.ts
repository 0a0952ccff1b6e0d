/**
 * The versions that set-up brings when the machine has none that will do. Each is the version that the test suite ran
 * with; docs/dependencies.md says why each is there.
 */
export const versions = {
  /** The Pulumi CLI; also the oldest that is accepted from PATH. */
  pulumi: '3.259.0',
  /** The module version that has a Node language host which builds with `go build` (see pulumi/build.ts). */
  languageHostModule: '3.68.0',
  /** Versity's S3 gateway: the embedded cloud's object storage. */
  versitygw: '1.8.0',
  /** The provider plugin; the same as npm's @pulumiverse/scaleway, because Pulumi asks for exactly that. */
  scalewayPlugin: '1.54.0',
  /** The Go that is fetched when the machine has none that can build the tools above. */
  go: '1.26.8',
  /** The oldest Go that can build them: the highest `go` line of their go.mod files. */
  goOldest: '1.26.6',
} as const;

/**
 * Whether a dotted version is at least another. A leading `v` or `go` and anything after the numbers are ignored.
 * @example isAtLeast('v3.260.1', '3.259.0') // true
 */
export function isAtLeast(version: string, oldest: string): boolean {
  const numbers = (text: string): number[] => (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number);
  const [have, want] = [numbers(version), numbers(oldest)];
  for (let i = 0; i < Math.max(have.length, want.length); i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
