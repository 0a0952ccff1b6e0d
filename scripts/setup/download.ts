import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { downloadDiffers, downloadFailed } from '../../errors/setup.ts';
import { checksumFor } from './checksum-list.ts';

/** Seconds for name look-up, connection and TLS: without a network it must be quick to say so. */
const connectLimit = 4;
/** Seconds without a byte after which a download is given up. */
const stallLimit = 20;
const redirectLimit = 5;

/**
 * Downloads a file and compares it with its publisher's list of checksums. Nothing is written when there is no list
 * or when it does not name the file.
 *
 * @param url Example: `https://get.pulumi.com/releases/sdk/pulumi-v3.259.0-linux-x64.tar.gz`.
 * @param checksums where the list (`sha256sum` format) is.
 * @throws BF1903 when it cannot be had, BF1904 when the checksum differs.
 */
export async function download(url: string, checksums: string, target: string): Promise<void> {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const expected = checksumFor(await text(checksums), name);
  if (expected === undefined) throw downloadFailed({ url, reason: `${checksums} does not name it` });
  const hash = createHash('sha256');
  try {
    const answer = await open(url);
    await pipeline(
      answer,
      async function* (bytes: AsyncIterable<Buffer>) {
        for await (const chunk of bytes) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(target, { mode: 0o600 }),
    );
  } catch (error) {
    throw asFailure(url, error);
  }
  const found = hash.digest('hex');
  if (found !== expected) throw downloadDiffers({ url, expected, found });
}

async function text(url: string): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of (await open(url)) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > 1024 * 1024) throw new Error('larger than 1 MiB');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw asFailure(url, error);
  }
}

function asFailure(url: string, error: unknown): Error {
  return downloadFailed(
    { url, reason: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
}

/** GET over https, following redirects to https only. `node:https` rather than `fetch`: it has a connect time-out. */
async function open(url: string, redirects = redirectLimit): Promise<IncomingMessage> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(url, { headers: { 'user-agent': 'bootfleet-setup' } }, (incoming) => {
      clearTimeout(timer);
      resolve(incoming);
    });
    const timer = setTimeout(() => {
      asked.destroy(new Error(`no answer within ${connectLimit} s`));
    }, connectLimit * 1000);
    asked.setTimeout(stallLimit * 1000, () => asked.destroy(new Error(`no data for ${stallLimit} s`)));
    asked.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    asked.end();
  });
  const status = answer.statusCode ?? 0;
  const location = answer.headers.location;
  if (status >= 300 && status < 400 && location !== undefined) {
    answer.resume();
    const next = new URL(location, url);
    if (redirects === 0) throw new Error('too many redirects');
    if (next.protocol !== 'https:') throw new Error(`redirected to ${next.protocol}`);
    return open(next.href, redirects - 1);
  }
  if (status !== 200) {
    answer.resume();
    throw new Error(`status ${status}`);
  }
  return answer;
}
