import { abortUploads } from '../transfer/multipart.ts';
import type { Store } from '../transfer/object-store.ts';
import { unlessRefused } from '../transfer/store-request.ts';
import { reportRemark } from './progress.ts';

/**
 * Ends the uploads that a killed run began: each is invisible, is paid for, and can keep its bucket from being deleted.
 * Keys with fewer rights cannot look for uploads; that is said, and what else goes is theirs all the same.
 *
 * @param prefix of the keys. Example: `images/edge/`; empty for all of the bucket.
 * @param urn of the resource at which it is said.
 * @throws BF1501, BF1506, and BF1502 for what is no lack of rights.
 */
export async function endUploads(store: Store, prefix: string, urn: string): Promise<void> {
  const said: string[] = [];
  const told = { ...store, onTrouble: (text: string) => said.push(text) };
  await unlessRefused(told, [], 'unfinished uploads were not looked for', () => abortUploads(store, prefix));
  for (const text of said) await reportRemark(urn, 'warning', text);
}
