import {
  answerNotUnderstood,
  permissionDenied,
  requestRefused,
  resourceNotFound,
  tokenRefused,
} from '../../errors/cloud.ts';
import type { BootfleetError } from '../../errors/error.ts';

/** Reading Scaleway's answers: JSON bodies, and error bodies as errors of the catalogue. Pure. */

/** A body as JSON. @throws BF1410 */
export function answerOf(text: string, request: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw answerNotUnderstood({ request, problem: `the body is not JSON: ${quoted(text)}` });
  }
}

/** An answer with an error status. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
  /** Method and path. */
  readonly request: string;
  readonly endpoint: string;
  readonly about?: { readonly resource: string; readonly id: string } | undefined;
}

/** The bodies that the API is known to send with errors (recorded traffic, and the API's pages). */
interface ErrorBody {
  readonly type?: unknown;
  readonly message?: unknown;
  readonly resource?: unknown;
  readonly resource_id?: unknown;
  readonly details?: unknown;
}

/** The error for an answer of 4xx; `undefined` for 429 and 5xx, which are the cloud's own trouble. */
export function refusalOf({ status, text, request, endpoint, about }: Refusal): BootfleetError | undefined {
  if (status < 400 || status >= 500 || status === 429) return undefined;
  const body = errorBody(text);
  const message = typeof body.message === 'string' ? body.message : quoted(text);
  if (status === 401 || body.type === 'denied_authentication') return tokenRefused({ endpoint, message });
  if (status === 403) return permissionDenied({ request, message: withDetails(message, body.details) });
  if (status === 404) {
    return resourceNotFound({
      request,
      resource: typeof body.resource === 'string' ? body.resource : (about?.resource ?? 'resource'),
      id: typeof body.resource_id === 'string' ? body.resource_id : (about?.id ?? ''),
    });
  }
  return requestRefused({ request, status, message: withDetails(message, body.details) });
}

function errorBody(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

/**
 * `invalid_arguments` names each argument in `details`: `{argument_name, reason, help_message}`; `permissions_denied`
 * has `{action, resource}`.
 */
function withDetails(message: string, details: unknown): string {
  if (!Array.isArray(details) || details.length === 0) return message;
  const parts = details.slice(0, 10).map((detail: unknown) => {
    const fields = Object.values((detail ?? {}) as Record<string, unknown>);
    return fields.filter((field) => typeof field === 'string' && field !== '').join(' ');
  });
  return `${message}: ${parts.join('; ')}`;
}

function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? '(empty body)' : line.slice(0, 200);
}
