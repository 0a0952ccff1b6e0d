import { setTimeout as pause } from 'node:timers/promises';
import { cloudFailing, endpointDown } from '../../errors/cloud.ts';
import { answerOf, refusalOf } from './answers.ts';
import { mayRetry, retryDelay } from './retries.ts';

/** One request of Scaleway's API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Path below the endpoint. Example: `/instance/v1/zones/fr-par-1/servers`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string is sent as text/plain (user data). */
  readonly body?: unknown;
  /** Resource named in a `not found` error. Example: `{ resource: 'server', id }`. */
  readonly about?: { readonly resource: string; readonly id: string };
  /** A 404 gives `undefined` instead of an error. */
  readonly orNothing?: boolean;
  /**
   * Whether the request may be sent again after it may have reached the cloud. Default: all but POST, because each
   * of the others has the same effect when done twice.
   */
  readonly idempotent?: boolean;
}

/** An answer: status, body as text, and what lists say about their length. */
export interface ApiAnswer {
  readonly text: string;
  /** From `X-Total-Count`; `undefined` where the cloud sends none. */
  readonly totalCount: number | undefined;
}

/** How a client behaves; everything has a default. */
export interface HttpOptions {
  /** How often one request is sent at most; default 6. */
  readonly attempts?: number;
  /** Seconds before the first repetition, doubled each time; default 0.25. */
  readonly firstDelay?: number;
  /** Seconds for one answer; default 30. */
  readonly timeout?: number;
  /** Hears of each repetition; default: a line on standard error. */
  readonly log?: (line: string) => void;
}

/** Largest answer that is read, in bytes: a page of 100 servers has about 300 kB. */
const largestAnswer = 16 * 1024 * 1024;

/**
 * A thin client for Scaleway's API: token, time limits, bounded and logged repetitions, coded errors.
 * Source: https://www.scaleway.com/en/developers/api/ (`X-Auth-Token`, error bodies) and recorded traffic.
 */
export class ScalewayHttp {
  readonly endpoint: string;
  readonly #token: string;
  readonly #attempts: number;
  readonly #firstDelay: number;
  readonly #timeout: number;
  readonly #log: (line: string) => void;

  constructor(at: { readonly api: string; readonly secretKey: string }, options: HttpOptions = {}) {
    this.endpoint = at.api;
    this.#token = at.secretKey;
    this.#attempts = options.attempts ?? 6;
    this.#firstDelay = options.firstDelay ?? 0.25;
    this.#timeout = options.timeout ?? 30;
    this.#log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  }

  /**
   * Sends a request and reads the answer as JSON.
   * @throws BF1403 to BF1408 and BF1410.
   */
  async json<T>(request: ApiRequest): Promise<T | undefined> {
    const answer = await this.send(request);
    return answer === undefined ? undefined : (answerOf(answer.text, nameOf(request)) as T);
  }

  /**
   * Sends a request; `undefined` only for a 404 with `orNothing`.
   * @throws BF1403 to BF1408.
   */
  async send(request: ApiRequest): Promise<ApiAnswer | undefined> {
    const idempotent = request.idempotent ?? request.method !== 'POST';
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#once(request);
      if ('answer' in outcome) return outcome.answer;
      if (outcome.status === 404 && request.orNothing) return undefined;
      const repeat = mayRetry(outcome, idempotent);
      if (!repeat || attempt >= this.#attempts) throw this.#failure(request, outcome, attempt);
      const seconds = retryDelay(attempt, this.#firstDelay, outcome.retryAfter, Math.random());
      this.#log(
        `scaleway: ${nameOf(request)}: ${outcome.reason}; attempt ${attempt + 1} of ${this.#attempts} in ${seconds.toFixed(1)} s`,
      );
      await pause(seconds * 1000);
    }
  }

  /**
   * Reads all pages of a list.
   *
   * @param key name of the array in the answer. Example: `servers`.
   * @throws BF1403 to BF1408 and BF1410.
   */
  async listAll<T>(path: string, key: string, query: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page += 1) {
      const request: ApiRequest = {
        method: 'GET',
        path,
        query: { ...query, page: String(page), per_page: '100' },
      };
      const answer = await this.send(request);
      const body = answerOf(answer?.text ?? '', nameOf(request)) as Record<string, T[]> & {
        total_count?: number;
      };
      const found = body[key] ?? [];
      all.push(...found);
      const total = answer?.totalCount ?? body.total_count ?? all.length;
      if (found.length === 0 || all.length >= total) return all;
    }
  }

  async #once(request: ApiRequest): Promise<{ answer: ApiAnswer } | Failure> {
    const url = new URL(this.endpoint + request.path);
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    const isText = typeof request.body === 'string';
    try {
      const response = await fetch(url, {
        method: request.method,
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeout * 1000),
        headers: {
          'X-Auth-Token': this.#token,
          ...(request.body === undefined
            ? {}
            : { 'Content-Type': isText ? 'text/plain' : 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: isText ? request.body : JSON.stringify(request.body) }),
      });
      const text = await boundedText(response);
      if (response.ok)
        return { answer: { text, totalCount: numberOf(response.headers.get('x-total-count')) } };
      const retryAfter = numberOf(response.headers.get('retry-after'));
      return { status: response.status, text, retryAfter, reason: `status ${response.status}`, sent: true };
    } catch (error) {
      const code = networkCode(error);
      // Refused and unresolved connections never carried the request, so that even a POST may be repeated.
      const sent = !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code);
      return { status: 0, text: '', retryAfter: undefined, reason: code, sent };
    }
  }

  #failure(request: ApiRequest, { status, text, reason }: Failure, attempts: number): Error {
    if (status === 0) return endpointDown({ endpoint: this.endpoint, reason, attempts });
    const name = nameOf(request);
    const refusal = refusalOf({ status, text, request: name, endpoint: this.endpoint, about: request.about });
    return refusal ?? cloudFailing({ request: name, status, attempts, message: text.slice(0, 200) });
  }
}

/** A request that brought no good answer. `status` 0: the connection failed. */
export interface Failure {
  readonly status: number;
  readonly text: string;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  readonly reason: string;
  /** The cloud may have seen the request. */
  readonly sent: boolean;
}

function nameOf(request: ApiRequest): string {
  return `${request.method} ${request.path}`;
}

function numberOf(header: string | null): number | undefined {
  const value = header === null || header.trim() === '' ? NaN : Number(header);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

function networkCode(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no answer in time';
  const cause = (error as { cause?: unknown }).cause;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.message : (error as Error).message;
}

async function boundedText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const piece of body) {
    length += piece.length;
    if (length > largestAnswer) throw new Error(`answer larger than ${largestAnswer} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
