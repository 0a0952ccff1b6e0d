/** A fault that the API shows on purpose, for tests of whatever talks to it. */
export interface Fault {
  readonly id: number;
  /** `null`: any. */
  readonly method: string | null;
  /** Path with `*` for any characters; example in docs/localcloud.md. */
  readonly path: string;
  /** Requests that fit and pass before the first that is hit. */
  readonly skip: number;
  /** Requests that are hit; `null`: all. */
  readonly times: number | null;
  /** Seconds to wait before anything else. */
  readonly latency: number;
  /** What happens instead of the answer; `none`: only the latency. */
  readonly effect:
    | { readonly kind: 'none' }
    | { readonly kind: 'status'; readonly status: number; readonly retryAfter: number | null }
    /** The connection is cut: before the request is done, or after it, so that only its answer is lost. */
    | { readonly kind: 'lost'; readonly when: 'before' | 'after' };
}

/** Whether a fault is meant for a request. Pure. */
export function matches(fault: Pick<Fault, 'method' | 'path'>, method: string, path: string): boolean {
  if (fault.method !== null && fault.method !== method) return false;
  const pattern = fault.path.split('*').map(escapeRegExp).join('.*');
  return new RegExp(`^${pattern}$`).test(path);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
