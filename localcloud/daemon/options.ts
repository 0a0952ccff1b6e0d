/** How a daemon is started. */
export interface DaemonOptions {
  /** Port of the API; `undefined`: the last one, or any free one at the first start. */
  readonly port: number | undefined;
  /** `simulated` boots nothing; for tests of scale. */
  readonly machines: 'qemu' | 'simulated';
  /** Whether object storage runs too. Only tests of scale do without. */
  readonly storage: boolean;
}
