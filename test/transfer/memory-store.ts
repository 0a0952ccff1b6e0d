import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ownAddress } from '../own-address.ts';

/** One request, as far as tests look at it. */
export interface StoreRequest {
  /** As in the API. Example: `UploadPart`; `AnonymousHead` for one without credentials. */
  readonly action: string;
  readonly key: string;
}

/** What a test does to a request: refuses it with a status and code, or breaks the connection before or after the work. */
export type Trouble = { readonly status: number; readonly code: string } | 'reset' | 'answer lost';

interface Upload {
  readonly key: string;
  readonly sha256: string;
  readonly parts: Map<number, Buffer>;
}

/** An object store in memory that speaks as much of S3 as uploads need, and is disturbed by a test. */
export class MemoryStore {
  readonly objects = new Map<string, { readonly content: Buffer; readonly sha256: string }>();
  readonly uploads = new Map<string, Upload>();
  readonly asked: StoreRequest[] = [];
  bucket = false;
  disturb: (request: StoreRequest) => Trouble | undefined = () => undefined;
  #ids = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  static async start(): Promise<MemoryStore> {
    const store = new MemoryStore();
    await new Promise<void>((resolve) => store.#server.listen(0, ownAddress, resolve));
    return store;
  }

  get endpoint(): string {
    return `http://${ownAddress}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const url = new URL(request.url ?? '', 'http://store');
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    const action = actionOf(request, url.searchParams, key);
    this.asked.push({ action, key });
    const trouble = this.disturb({ action, key });
    if (trouble === 'reset') {
      request.socket.destroy();
      return;
    }
    const answer =
      trouble === undefined || trouble === 'answer lost'
        ? this.#answer(action, key, { body, query: url.searchParams, headers: request.headers })
        : failure(trouble.status, trouble.code);
    if (trouble === 'answer lost') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/xml', ...answer.headers });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  #answer(
    action: string,
    key: string,
    { body, query, headers }: { body: Buffer; query: URLSearchParams; headers: IncomingMessage['headers'] },
  ): Answer {
    const id = query.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (!this.bucket && action !== 'CreateBucket') return failure(404, 'NoSuchBucket');
    const note = String(headers['x-amz-meta-sha256'] ?? '');
    switch (action) {
      case 'CreateBucket':
        if (this.bucket) return failure(409, 'BucketAlreadyOwnedByYou');
        this.bucket = true;
        return good();
      case 'HeadBucket':
        return good();
      case 'DeleteBucket':
        // Some stores count what is not finished, too.
        if (this.objects.size + this.uploads.size > 0) return failure(409, 'BucketNotEmpty');
        this.bucket = false;
        return good();
      case 'DeleteObject':
        this.objects.delete(key);
        return good();
      case 'PutObject':
        this.objects.set(key, { content: body, sha256: note });
        return good();
      case 'CreateMultipartUpload': {
        this.#ids += 1;
        this.uploads.set(`u${this.#ids}`, { key, sha256: note, parts: new Map() });
        return good(
          `<InitiateMultipartUploadResult><UploadId>u${this.#ids}</UploadId></InitiateMultipartUploadResult>`,
        );
      }
      case 'ListMultipartUploads': {
        const listed = [...this.uploads].map(
          ([name, one]) => `<Upload><Key>${one.key}</Key><UploadId>${name}</UploadId></Upload>`,
        );
        return good(
          `<ListMultipartUploadsResult>${listed.join('')}<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`,
        );
      }
      case 'GetObject':
      case 'HeadObject':
      case 'AnonymousHead': {
        const one = this.objects.get(key);
        if (!one) return failure(404, 'NotFound');
        return {
          status: 200,
          body: one.content,
          headers: { 'content-length': String(one.content.length), 'x-amz-meta-sha256': one.sha256 },
        };
      }
    }
    if (!upload) return failure(404, 'NoSuchUpload');
    switch (action) {
      case 'UploadPart':
        upload.parts.set(Number(query.get('partNumber')), body);
        return { ...good(), headers: { etag: md5(body) } };
      case 'ListParts': {
        const listed = [...upload.parts].map(
          ([number, part]) =>
            `<Part><PartNumber>${number}</PartNumber><Size>${part.length}</Size><ETag>${md5(part).replaceAll('"', '&quot;')}</ETag></Part>`,
        );
        return good(`<ListPartsResult>${listed.join('')}<IsTruncated>false</IsTruncated></ListPartsResult>`);
      }
      case 'CompleteMultipartUpload': {
        const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) =>
          Number(number),
        );
        const content = Buffer.concat(numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0)));
        this.objects.set(key, { content, sha256: upload.sha256 });
        this.uploads.delete(id);
        return good('<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>');
      }
      case 'AbortMultipartUpload':
        this.uploads.delete(id);
        return good();
      default:
        return failure(501, 'NotImplemented');
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const good = (body = ''): Answer => ({ status: 200, body });
const failure = (status: number, code: string): Answer => ({
  status,
  body: `<Error><Code>${code}</Code><Message>of the test</Message></Error>`,
});
const md5 = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

/** The name that the API has for a request. Source: Amazon S3 API Reference. */
function actionOf({ method = '', headers }: IncomingMessage, query: URLSearchParams, key: string): string {
  if (method === 'HEAD' && headers.authorization === undefined) return 'AnonymousHead';
  if (key === '') {
    if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads';
    if (method === 'PUT' && query.has('policy')) return 'PutBucketPolicy';
    return { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' }[method] ?? 'ListObjects';
  }
  if (method === 'POST') return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
  if (query.has('uploadId')) return { PUT: 'UploadPart', GET: 'ListParts' }[method] ?? 'AbortMultipartUpload';
  return { PUT: 'PutObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' }[method] ?? 'GetObject';
}
