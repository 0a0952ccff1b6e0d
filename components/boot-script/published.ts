import type { CloudRef } from '../../clouds/cloud.ts';
import { resolveEndpoints } from '../../clouds/scaleway/endpoints.ts';
import { bootObjectMissing } from '../../errors/storage.ts';
import { readableAnonymously, readAnonymously } from '../../transfer/anonymous-read.ts';
import type { RequestedStore } from '../../transfer/store-request.ts';

/** How to look; all have a default. */
export interface PublishedOptions {
  /** Hears of trouble that passes; default nobody. */
  readonly onTrouble?: ((text: string) => void) | undefined;
  /** Seconds for which a real store's refusal is waited out, as what was just published is not seen everywhere; default 5. */
  readonly spreading?: number | undefined;
}

/**
 * Looks whether a machine will find its boot scripts, and what they name in the same bucket (image, kernel, ramdisk): asked
 * from here without credentials, as iPXE will. To be called before a machine is powered off or written for them.
 * URLs outside the cloud's object storage are left out: they may be reachable from the servers alone.
 *
 * @param urls of scripts, as reached from the servers.
 * @throws BF1516 for the first that cannot be read, BF1501 and BF1506 when the store does not say.
 */
export async function checkPublished(
  cloud: CloudRef,
  machine: string,
  urls: readonly string[],
  { onTrouble = () => undefined, spreading = 5 }: PublishedOptions = {},
): Promise<void> {
  const { s3, local } = await resolveEndpoints(cloud);
  const [here, there] = [withSlash(s3.endpoint), withSlash(s3.endpointFromServers)];
  const seen = new Set<string>();
  const look = async (url: string): Promise<{ store: RequestedStore; address: string }> => {
    const address = here + url.slice(there.length);
    const store = {
      access: { endpoint: s3.endpoint },
      bucket: bucketOf(url, there),
      patience: 20,
      onTrouble,
    };
    if (!seen.has(url)) {
      seen.add(url);
      const status = await readableAnonymously(store, address, local ? 0 : spreading);
      if (status !== 200) throw bootObjectMissing({ machine, url, status });
    }
    return { store, address };
  };
  for (const url of urls.filter((one) => one.startsWith(there))) {
    const { store, address } = await look(url);
    const text = await readAnonymously(store, address);
    for (const named of urlsIn(text, `${there}${store.bucket}/`)) await look(named);
  }
}

/**
 * The URLs in a script that begin with a prefix, each once. Pure. A URL is the end of a word.
 *
 * @example urlsIn('kernel http://s/b/k bootfleet.url=http://s/b/i', 'http://s/b/') // ['http://s/b/k', 'http://s/b/i']
 */
export function urlsIn(script: string, prefix: string): string[] {
  const words = script.split(/\s+/).filter((word) => word.includes(prefix));
  return [...new Set(words.map((word) => word.slice(word.indexOf(prefix))))];
}

function bucketOf(url: string, base: string): string {
  return url.slice(base.length).split('/')[0] ?? '';
}

function withSlash(base: string): string {
  return `${base.replace(/\/+$/, '')}/`;
}
